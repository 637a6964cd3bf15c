using Ovms.Serving.Signatures;

namespace Ovms.Inference.Messages;

/// <summary>The shapes of a call's inputs.</summary>
internal static class InputShapes
{
    /// <summary>The shapes by index of the model's inputs. The message must have been validated.</summary>
    public static long[][] Of(Signature signature, InferMessage message)
    {
        long[][] shapes = new long[signature.Inputs.Length][];
        foreach (InputTensor input in message.Inputs)
        {
            shapes[signature.FindInput(input.Name)!.Index] = input.Shape;
        }

        return shapes;
    }
}
