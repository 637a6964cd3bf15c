using Ovms.Inference.Bytes;
using Ovms.Inference.Images;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>
/// Converts BYTES that stand for numbers into the model's numbers, between the check and the wait for an infer request.
/// </summary>
internal sealed class BytesConversion
{
    private readonly ConversionBudget _budget;
    private readonly ImageDecoding _images;

    /// <summary>Creates a conversion within a memory budget.</summary>
    public BytesConversion(ConversionBudget budget)
    {
        _budget = budget;
        _images = new ImageDecoding(budget);
    }

    /// <summary>Converts the BYTES inputs. Without any it completes at once and at no cost.</summary>
    /// <param name="signature">The servable's signature.</param>
    /// <param name="message">The request, already validated against the signature.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>Ok, or the first fault found in an image.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<Outcome> ConvertAsync(Signature signature, InferMessage message, CancellationToken cancellation)
    {
        bool hasImages = false;
        foreach (InputTensor input in message.Inputs)
        {
            TensorInfo info = signature.FindInput(input.Name)!;
            switch (BytesInput.MeaningOf(info, input))
            {
                case BytesMeaning.Images:
                    hasImages = true;
                    break;
                case BytesMeaning.Texts:
                    Outcome packed = PackedText.Pack(info, input, message.ConversionShare ??= new ConversionShare(_budget));
                    if (!packed.IsOk)
                    {
                        return new(packed);
                    }

                    break;
            }
        }

        return hasImages ? _images.DecodeAsync(signature, message, cancellation) : new(Outcome.Ok);
    }
}
