using Ovms.Inference.Bytes;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Inference.Images;

/// <summary>
/// Decodes a call's images into the model's tensors, on the thread pool. The budget bounds how many calls decode at a time.
/// </summary>
internal sealed class ImageDecoding(ConversionBudget budget)
{
    /// <summary>Replaces the images of every such input with pixels. The inputs must have been validated.</summary>
    /// <returns>Ok, the fault of an image, or why images cannot be decoded now.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<Outcome> DecodeAsync(Signature signature, InferMessage message, CancellationToken cancellation)
    {
        Outcome entered = await budget.EnterAsync(cancellation).ConfigureAwait(false);
        if (!entered.IsOk)
        {
            return entered;
        }

        try
        {
            // Awaited to its end even if the caller gives up, because the task uses the message's memory.
            return await Task.Run(() => Decode(signature, message, cancellation), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            budget.Leave();
        }
    }

    private Outcome Decode(Signature signature, InferMessage message, CancellationToken cancellation)
    {
        if (!ImageLibrary.Loaded.IsOk)
        {
            return ImageLibrary.Loaded;
        }

        ConversionShare share = message.ConversionShare ??= new ConversionShare(budget);
        try
        {
            foreach (InputTensor input in message.Inputs)
            {
                TensorInfo info = signature.FindInput(input.Name)!;
                if (BytesInput.MeaningOf(info, input) == BytesMeaning.Images)
                {
                    using ImageBatch batch = new(info, input, share, budget);
                    Outcome decoded = batch.Decode(cancellation);
                    if (!decoded.IsOk)
                    {
                        return decoded;
                    }
                }
            }

            return Outcome.Ok;
        }
        catch (OutOfMemoryException exhausted)
        {
            return Outcome.Fail(StatusCode.OutOfMemory, exhausted.Message);
        }
    }
}
