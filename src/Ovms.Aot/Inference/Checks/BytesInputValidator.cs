using Ovms.Inference.Bytes;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Inference.Checks;

/// <summary>
/// Decides without decoding whether BYTES that stand for numbers can be converted. Accepted content has exactly as many whole elements as
/// its shape says.
/// </summary>
internal static class BytesInputValidator
{
    /// <summary>Returns the first fault.</summary>
    public static Outcome Check(TensorInfo info, InputTensor input, BytesMeaning meaning)
    {
        if (input.Shape.Length != 1)
        {
            return BytesFault.Rank(input);
        }

        if (meaning == BytesMeaning.Images && !BytesInput.IsNhwc(info))
        {
            return BytesFault.Layout(info, input);
        }

        // Texts: a wrong batch size is reported together with the widths, as in the original. See PackedText.
        if (meaning == BytesMeaning.Images && !info.Shape[0].Contains(input.Shape[0]))
        {
            return BytesFault.BatchSize(info, input);
        }

        Outcome counted = ContentValidator.CheckStrings(input, input.Shape[0]);
        return !counted.IsOk ? counted
            : input.Shape[0] == 0 ? RequestFault.NoStrings(input, Math.Max(info.Shape[0].Min, 1))
            : meaning == BytesMeaning.Texts ? PackedText.Check(info, input)
            : Outcome.Ok;
    }
}
