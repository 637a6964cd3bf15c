using Ovms.Inference.Messages;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>
/// Implements TensorFlow's rule for value lists shorter than their tensor: the last value is repeated to the end. The growth of a request
/// is limited, since a few bytes may claim any shape. A list beyond the limit stays short and is rejected later for its length.
/// </summary>
internal sealed class RepeatedValues
{
    private const int MaxBytes = 64 << 20;

    /// <summary>Bytes added to the request so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>Repeats the last value of one input until its shape is filled.</summary>
    /// <param name="input">The input, with its values parsed.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    public void FillUp(InputTensor input, int elementSize)
    {
        long missing = CountOf(input.Shape) - input.ValueCount;
        if (missing <= 0
            || input.ValueCount == 0
            || missing > (MaxBytes - Bytes) / elementSize
            || !input.Content!.TryReserve(missing * elementSize))
        {
            return;
        }

        NativeBuffer content = input.Content;
        Span<byte> last = content.Bytes[^elementSize..];
        Span<byte> room = content.Free[..(int)(missing * elementSize)];
        last.CopyTo(room);

        // Double the filled part: copying one pixel at a time would take longer than the inference.
        for (int filled = elementSize; filled < room.Length; filled *= 2)
        {
            room[..Math.Min(filled, room.Length - filled)].CopyTo(room[filled..]);
        }

        content.Advance(room.Length);
        Bytes += room.Length;
        input.ValueCount += missing;
    }

    // -1 for an invalid shape, or one larger than anything that would be filled.
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
