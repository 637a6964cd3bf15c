using Ovms.Inference.Bytes;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Inference.Checks;

/// <summary>
/// Decides whether BYTES that stand for numbers can be converted, as far as that shows without decoding anything: afterwards the content
/// is as many whole elements as the shape says.
/// </summary>
internal static class BytesInputValidator
{
    /// <summary>The first thing that is wrong.</summary>
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

        // The widths of texts are told together with a wrong batch, as in the original: see PackedText.
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
