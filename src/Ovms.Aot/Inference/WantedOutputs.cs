using System.Runtime.InteropServices;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;

namespace Ovms.Inference;

/// <summary>The outputs that a request names.</summary>
internal static class WantedOutputs
{
    /// <summary>Finds them, in the order of the request; none if it wants all.</summary>
    /// <param name="signature">The model's signature.</param>
    /// <param name="message">The request. The validator has checked that every output exists and that none is requested twice.</param>
    /// <param name="found">Receives them; empty before.</param>
    public static Span<TensorInfo> Find(Signature signature, InferMessage message, List<TensorInfo> found)
    {
        foreach (RequestedOutput asked in message.Outputs)
        {
            found.Add(signature.FindOutput(asked.Name)!);
        }

        return CollectionsMarshal.AsSpan(found);
    }
}
