using System.Buffers;

namespace Ovms.Tests.Wire;

/// <summary>Cuts bytes into a sequence of segments, as a connection's buffers hold them.</summary>
internal static class Segments
{
    /// <summary>A sequence of segments of the given length, the last one shorter.</summary>
    public static ReadOnlySequence<byte> Of(byte[] bytes, int length) => Cut(bytes, _ => length);

    /// <summary>A sequence of segments of random lengths; empty ones are among them.</summary>
    public static ReadOnlySequence<byte> Random(byte[] bytes, Random random)
    {
        int longest = random.Next(1, Math.Max(2, bytes.Length));
        return Cut(bytes, _ => random.Next(0, longest + 1));
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, Func<int, int> lengthAt)
    {
        Segment first = new(ReadOnlyMemory<byte>.Empty, 0);
        Segment last = first;
        for (int start = 0; start < bytes.Length;)
        {
            int length = Math.Min(lengthAt(start), bytes.Length - start);
            last = last.Append(bytes.AsMemory(start, length));
            start += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
