using Ovms.Inference.Messages;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>
/// TensorFlow's rule for lists of values that are shorter than their tensor: the last value goes on to the end. What a request may grow
/// by is bounded, since a few bytes may claim any shape; beyond that the list stays short and is refused for it.
/// </summary>
internal sealed class RepeatedValues
{
    private const int MaxBytes = 64 << 20;

    /// <summary>Bytes that were made of the request so far, beyond its own.</summary>
    public int Bytes { get; private set; }

    /// <summary>Fills up one input.</summary>
    /// <param name="input">Its values are read.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    public void FillUp(InputTensor input, int elementSize)
    {
        long missing = CountOf(input.Shape) - input.ValueCount;
        if (missing <= 0 || input.ValueCount == 0 || missing > (MaxBytes - Bytes) / elementSize || !input.Content!.TryReserve(missing * elementSize))
        {
            return;
        }

        NativeBuffer content = input.Content;
        Span<byte> last = content.Bytes[^elementSize..];
        Span<byte> room = content.Free[..(int)(missing * elementSize)];
        last.CopyTo(room);

        // Doubling what is there: a pixel at a time would take longer than the inference.
        for (int filled = elementSize; filled < room.Length; filled *= 2)
        {
            room[..Math.Min(filled, room.Length - filled)].CopyTo(room[filled..]);
        }

        content.Advance(room.Length);
        Bytes += room.Length;
        input.ValueCount += missing;
    }

    // -1 for a shape that is none, or larger than anything that would be filled.
    private static long CountOf(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            if (dimension < 0 || (dimension != 0 && count > MaxBytes / dimension))
            {
                return -1;
            }

            count *= dimension;
        }

        return count;
    }
}
