using System.Diagnostics;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Bytes;

/// <summary>
/// Packs texts for models without string inputs into rows of U8. A NUL follows each text, and NULs pad it to the width of the rows.
/// </summary>
internal static class PackedText
{
    /// <summary>
    /// Whether the texts fit the input. Rows of the model that are longer than the longest text are padded; the original rejects such
    /// requests.
    /// </summary>
    public static Outcome Check(TensorInfo info, InputTensor input)
    {
        long width = LongestOf(input) + 1;
        Dimension rows = info.Shape[1];
        if (!info.Shape[0].Contains(input.Shape[0]) || (rows.Max >= 0 && width > rows.Max))
        {
            return BytesFault.TextShape(info, input, width);
        }

        width = Math.Max(width, rows.Min);
        return width > NativeBuffer.MaxLength / input.Shape[0] ? BytesFault.TextsTooLarge(input, width) : Outcome.Ok;
    }

    /// <summary>Replaces the checked content with the rows, or fails if there is no memory for them.</summary>
    public static Outcome Pack(TensorInfo info, InputTensor input, ConversionShare share)
    {
        long count = input.Shape[0];
        int width = (int)Math.Max(LongestOf(input) + 1, info.Shape[1].Min);
        Outcome taken = share.TryTake(count * width);
        if (!taken.IsOk)
        {
            return taken;
        }

        NativeBuffer rows = new((int)(count * width));
        BytesElements texts = new(input.Content!.Bytes);
        while (texts.TryRead(out ReadOnlySpan<byte> text))
        {
            Span<byte> row = rows.Free[..width];
            text.CopyTo(row);
            row[text.Length..].Clear();
            rows.Advance(width);
        }

        Debug.Assert(rows.Length == count * width, "The validator counted the texts.");
        input.Content!.Dispose();
        input.TakeElements(rows, info, [count, width]);
        return Outcome.Ok;
    }

    private static int LongestOf(InputTensor input)
    {
        int longest = 0;
        BytesElements texts = new(input.Content!.Bytes);
        while (texts.TryRead(out ReadOnlySpan<byte> text))
        {
            longest = Math.Max(longest, text.Length);
        }

        return longest;
    }
}
