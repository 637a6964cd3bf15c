using Ovms.Serving.Signatures;

namespace Ovms.Inference.Messages;

/// <summary>How many samples a call brings.</summary>
internal static class BatchSize
{
    /// <summary>The size of the batch axis of the first input that has one; 1 for a model without such an input.</summary>
    /// <param name="signature">Of the servable that computes the call.</param>
    /// <param name="message">Checked against it.</param>
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
