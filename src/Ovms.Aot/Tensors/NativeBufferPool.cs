using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ovms.Tensors;

/// <summary>
/// Keeps freed blocks of unmanaged memory for the next call, by powers of two; what is kept is bounded in total, the rest is freed.
/// </summary>
internal static unsafe class NativeBufferPool
{
    /// <summary>What every block's address is a multiple of: a cache line.</summary>
    public const int Alignment = 64;

    private const int SmallestClass = 256;

    // Kept idle at most: enough for a few dozen image-sized calls, small beside a model.
    private const long KeptBytesLimit = 64L << 20;

    private static readonly ConcurrentQueue<nint>[] s_classes = CreateClasses();
    private static long s_keptBytes;

    /// <summary>A block of at least <paramref name="size"/> bytes; <paramref name="size"/> becomes what it really holds.</summary>
    public static byte* Rent(ref int size)
    {
        uint rounded = BitOperations.RoundUpToPowerOf2((uint)Math.Max(size, SmallestClass));
        size = (int)Math.Min(rounded, NativeBuffer.MaxLength);
        if (s_classes[BitOperations.Log2((uint)size)].TryDequeue(out nint kept))
        {
            Interlocked.Add(ref s_keptBytes, -size);
            return (byte*)kept;
        }

        return (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
    }

    /// <summary>Takes back a block of exactly <paramref name="size"/> bytes as <see cref="Rent"/> gave it.</summary>
    public static void Return(byte* block, int size)
    {
        if (Interlocked.Add(ref s_keptBytes, size) > KeptBytesLimit)
        {
            Interlocked.Add(ref s_keptBytes, -size);
            NativeMemory.AlignedFree(block);
            return;
        }

        s_classes[BitOperations.Log2((uint)size)].Enqueue((nint)block);
    }

    private static ConcurrentQueue<nint>[] CreateClasses()
    {
        ConcurrentQueue<nint>[] classes = new ConcurrentQueue<nint>[31];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = new ConcurrentQueue<nint>();
        }

        return classes;
    }
}
