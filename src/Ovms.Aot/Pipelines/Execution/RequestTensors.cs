using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Tensors;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Pipelines.Execution;

/// <summary>The tensors of a request, as views.</summary>
internal static unsafe class RequestTensors
{
    // Stands for the content of empty tensors, which have no memory.
    private static readonly nint s_nothing = AllocateNothing();

    /// <summary>The address of an empty tensor.</summary>
    public static nint Nothing => s_nothing;

    /// <summary>Returns them in the order of the signature.</summary>
    public static NodeTensor[] Of(PipelinePlan plan, InferMessage message)
    {
        NodeTensor[] tensors = new NodeTensor[plan.Signature.Inputs.Length];
        for (int i = 0; i < tensors.Length; i++)
        {
            TensorInfo info = plan.Signature.Inputs[i];
            InputTensor input = message.Inputs.Find(input => input.Name == info.Name)!;
            ElementType type = info.ElementType == ElementType.Dynamic
                ? TensorMarshaler.ForDatatype(input.Datatype)!.ElementType
                : info.ElementType;
            tensors[i] = input.Content is { Length: > 0 } content
                ? new NodeTensor(type, input.Shape, (nint)content.Address, content.Length, null)
                : new NodeTensor(type, input.Shape, s_nothing, 0, null);
        }

        return tensors;
    }

    private static nint AllocateNothing()
    {
        TensorMemory.Allocate(1, out nint address);
        return address;
    }
}
