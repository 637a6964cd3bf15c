using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ovms.Tensors;

/// <summary>
/// Keeps freed blocks of unmanaged memory for reuse, in size classes of powers of two. The total is bounded; further blocks are freed.
/// Large blocks that no call used for some seconds are freed too.
/// </summary>
internal static unsafe class NativeBufferPool
{
    /// <summary>Alignment of every block in bytes: a cache line.</summary>
    public const int Alignment = 64;

    private const int SmallestClass = 256;

    // Limit of idle memory: enough for a few dozen image-sized calls, small compared with a model.
    private const long KeptBytesLimit = 64L << 20;

    // Blocks of smaller classes are never freed: there are only as many as concurrent calls.
    private const int SmallestFreedClass = 16;

    private static readonly ConcurrentQueue<nint>[] s_classes = CreateClasses();
    private static readonly int[] s_counts = new int[s_classes.Length];

    // The fewest blocks kept since the last check: that many were not used.
    private static readonly int[] s_fewest = new int[s_classes.Length];
    private static long s_keptBytes;

    static NativeBufferPool() => IdleMemory.Add(Shrink);

    /// <summary>Bytes of idle blocks.</summary>
    public static long KeptBytes => Interlocked.Read(ref s_keptBytes);

    /// <summary>Rents a block of at least <paramref name="size"/> bytes and sets <paramref name="size"/> to its actual size.</summary>
    public static byte* Rent(ref int size)
    {
        uint rounded = BitOperations.RoundUpToPowerOf2((uint)Math.Max(size, SmallestClass));
        size = (int)Math.Min(rounded, NativeBuffer.MaxLength);
        int index = BitOperations.Log2((uint)size);
        if (s_classes[index].TryDequeue(out nint kept))
        {
            Interlocked.Add(ref s_keptBytes, -size);
            int left = Interlocked.Decrement(ref s_counts[index]);
            if (left < s_fewest[index])
            {
                s_fewest[index] = left;
            }

            return (byte*)kept;
        }

        s_fewest[index] = 0;
        return (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
    }

    /// <summary>Returns a block with the exact <paramref name="size"/> that <see cref="Rent"/> set.</summary>
    public static void Return(byte* block, int size)
    {
        if (Interlocked.Add(ref s_keptBytes, size) > KeptBytesLimit)
        {
            Interlocked.Add(ref s_keptBytes, -size);
            NativeMemory.AlignedFree(block);
            IdleMemory.Freed(size);
            return;
        }

        int index = BitOperations.Log2((uint)size);
        Interlocked.Increment(ref s_counts[index]);
        s_classes[index].Enqueue((nint)block);
        IdleMemory.Touch();
    }

    // Never called concurrently.
    private static IdleShare Shrink()
    {
        IdleShare all = default;
        for (int index = SmallestFreedClass; index < s_classes.Length; index++)
        {
            int size = 1 << index;
            int unused = s_fewest[index];
            int freed = 0;
            while (freed < unused && s_classes[index].TryDequeue(out nint block))
            {
                Interlocked.Decrement(ref s_counts[index]);
                Interlocked.Add(ref s_keptBytes, -size);
                NativeMemory.AlignedFree((void*)block);
                freed++;
            }

            int left = Volatile.Read(ref s_counts[index]);
            s_fewest[index] = left;
            all += new IdleShare((long)left * size, Freed: (long)freed * size);
        }

        return all;
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
