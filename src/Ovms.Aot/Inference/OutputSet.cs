using Ovms.Inference.Sequences;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Inference;

/// <summary>Picks the outputs that go back to the caller.</summary>
internal static class OutputSet
{
    /// <summary>
    /// Takes the outputs asked for, in that order, or all in the model's order. The validator made sure that every name exists and none
    /// is asked for twice. The sequence's id comes last where it is answered as a tensor.
    /// </summary>
    /// <returns>Owned by the caller, but for those that the slot keeps.</returns>
    public static OutputTensor[] Take(Signature signature, InferMessage message, InferSlot slot)
    {
        int wanted = message.Outputs.Count;
        OutputTensor? sequence = SequenceOutput.Of(signature, message, slot);
        if (wanted == 0 && sequence is null && slot.KeptOutputs is { } kept)
        {
            return kept;
        }

        int count = wanted == 0 ? signature.Outputs.Length : wanted;
        OutputTensor[] outputs = new OutputTensor[sequence is null ? count : count + 1];
        for (int i = 0; i < count; i++)
        {
            TensorInfo info = wanted == 0 ? signature.Outputs[i] : signature.FindOutput(message.Outputs[i].Name)!;
            Tensor tensor = slot.GetOutput(info.Index);
            outputs[i] = new OutputTensor(info, info.IsPackedText ? PackedText.Unpack(tensor) : tensor);
        }

        if (sequence is not null)
        {
            outputs[count] = sequence;
        }
        else if (wanted == 0 && slot.KeepsOutputs)
        {
            slot.Keep(outputs);
        }

        return outputs;
    }
}
