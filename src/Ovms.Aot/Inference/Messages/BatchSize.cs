using Ovms.Serving.Signatures;

namespace Ovms.Inference.Messages;

/// <summary>The number of samples in a call.</summary>
internal static class BatchSize
{
    /// <summary>The size of the batch axis of the first input that has one; 1 for a model without such an input.</summary>
    /// <param name="signature">The signature of the servable that computes the call.</param>
    /// <param name="message">The request, checked against the signature.</param>
    public static long Of(Signature signature, InferMessage message)
    {
        foreach (InputTensor input in message.Inputs)
        {
            if (signature.FindInput(input.Name) is { BatchAxis: >= 0 } info && info.BatchAxis < input.Shape.Length)
            {
                return input.Shape[info.BatchAxis];
            }
        }

        return 1;
    }
}
