using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Ovms.Tensors;

namespace Ovms.Hosting;

/// <summary>
/// The buffers between sockets and requests, in blocks of 32 KiB. Kestrel's own blocks have 4 KiB, and each is filled by one system call:
/// 147 calls for an image of floats. Measured p50 of a 602 KB call on two cores, gRPC and REST: with 4 KiB 1.45 and 1.47 ms, with 16 0.81
/// and 0.77, with 32 0.73 and 0.66, with 64 0.74 and 0.62. Idle connections hold no block.
/// </summary>
/// <remarks>
/// Blocks that only a peak needed are freed after some seconds. The size of a peak is bounded elsewhere: answers are written as callers
/// read them, and requests are counted as they arrive.
/// </remarks>
internal sealed class WireMemory : IMemoryPoolFactory<byte>
{
    private const int BlockSize = 32 << 10;

    // The most that is kept idle, 32 MiB: an image of floats in transfer for each of some dozen callers.
    private const int MostKept = (32 << 20) / BlockSize;

    // Kept however long the server is idle, 1 MiB, so that the next call is not slower.
    private const int LeastKept = (1 << 20) / BlockSize;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null)
    {
        Pool pool = new();
        IdleMemory.Add(pool.Shrink);
        return pool;
    }

    /// <summary>A pool of reusable blocks.</summary>
    internal sealed class Pool : MemoryPool<byte>
    {
        private readonly ConcurrentQueue<Block> _kept = new();
        private int _count;

        // The fewest idle blocks since the last call of Shrink: so many were not used.
        private int _fewest;

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            if (!_kept.TryDequeue(out Block? block))
            {
                _fewest = 0;
                return new Block(this);
            }

            // Two threads may race here: then one block more or less is kept.
            int left = Interlocked.Decrement(ref _count);
            if (left < _fewest)
            {
                _fewest = left;
            }

            return block;
        }

        public void Return(Block block)
        {
            if (Interlocked.Increment(ref _count) <= MostKept)
            {
                _kept.Enqueue(block);
                IdleMemory.Touch();
                return;
            }

            Interlocked.Decrement(ref _count);
            IdleMemory.Dropped(BlockSize);
        }

        /// <summary>Drops the blocks that were not used since the previous call.</summary>
        public IdleShare Shrink()
        {
            int unused = Math.Min(_fewest, Volatile.Read(ref _count) - LeastKept);
            int dropped = 0;
            while (dropped < unused && _kept.TryDequeue(out _))
            {
                Interlocked.Decrement(ref _count);
                dropped++;
            }

            int left = Volatile.Read(ref _count);
            _fewest = left;
            return new IdleShare(Math.Max(left - LeastKept, 0) * (long)BlockSize, Garbage: (long)dropped * BlockSize);
        }

        protected override void Dispose(bool disposing) => _kept.Clear();
    }

    /// <summary>
    /// A block of memory: an array, because the transport sends only arrays; pinned, so that the kernel can write into it directly.
    /// </summary>
    internal sealed class Block(Pool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } =
            MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true), 0, BlockSize);

        public void Dispose() => pool.Return(this);
    }
}
