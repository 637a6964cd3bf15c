using System.Buffers.Binary;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Inference.Sequences;

/// <summary>
/// The sequence's id as one more output of the answer, as the original has it. Callers who name their sequence by parameters get it as a
/// parameter instead: they need not expect an output that the model does not have.
/// </summary>
internal static class SequenceOutput
{
    /// <summary>The output, the caller's to dispose; null where the answer has none.</summary>
    public static OutputTensor? Of(Signature signature, InferMessage message, InferSlot slot)
    {
        if (slot.Sequence is not { } sequence || message.SequenceParameters is not null || signature.FindOutput(SequenceInputs.Id.Name) is not null)
        {
            return null;
        }

        Tensor tensor = Tensor.Allocate(ElementType.U64, [1]);
        BinaryPrimitives.WriteUInt64LittleEndian(tensor.Bytes, sequence.Number);
        return new OutputTensor(SequenceInputs.Id, tensor);
    }
}
