using Ovms.Serving;

namespace Ovms.Inference;

/// <summary>Picks the outputs that go back to the caller.</summary>
internal static class OutputSet
{
    /// <summary>
    /// Takes the outputs asked for, in that order, or all in the model's order. The validator made sure that every name exists and none
    /// is asked for twice.
    /// </summary>
    /// <returns>Owned by the caller.</returns>
    public static OutputTensor[] Take(Signature signature, InferMessage message, InferSlot slot)
    {
        int wanted = message.Outputs.Count;
        OutputTensor[] outputs = new OutputTensor[wanted == 0 ? signature.Outputs.Length : wanted];
        for (int i = 0; i < outputs.Length; i++)
        {
            TensorInfo info = wanted == 0 ? signature.Outputs[i] : signature.FindOutput(message.Outputs[i].Name)!;
            outputs[i] = new OutputTensor(info, slot.GetOutput(info.Index));
        }

        return outputs;
    }
}
