using System.Buffers.Binary;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Inference.Sequences;

/// <summary>Adds the sequence's id to the answer as an output, as the original does.</summary>
/// <remarks>
/// Callers that use sequence parameters get it as a parameter instead, since they need not expect an output that the model does not have.
/// </remarks>
internal static class SequenceOutput
{
    /// <summary>The output, which the caller disposes; null if the answer has none.</summary>
    public static OutputTensor? Of(Signature signature, InferMessage message, InferSlot slot)
    {
        if (slot.Sequence is not { } sequence
            || message.SequenceParameters is not null
            || signature.FindOutput(SequenceInputs.Id.Name) is not null)
        {
            return null;
        }

        Tensor tensor = Tensor.Allocate(ElementType.U64, [1]);
        BinaryPrimitives.WriteUInt64LittleEndian(tensor.Bytes, sequence.Number);
        return new OutputTensor(SequenceInputs.Id, tensor);
    }
}
