using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.Execution;

/// <summary>What one input of a session gets: a tensor, or parts that are joined to one. Holds their memory.</summary>
/// <param name="tensors">The tensors; this object has a hold of each.</param>
/// <param name="isGathered">Whether they are joined.</param>
internal sealed class NodeInput(NodeTensor[] tensors, bool isGathered)
{
    private NodeTensor[] _tensors = tensors;

    /// <summary>The tensor. Joins the parts at the first call, and gives back their memory.</summary>
    public Outcome<NodeTensor> Take()
    {
        if (!isGathered || _tensors.Length == 0)
        {
            return _tensors[0];
        }

        Outcome<NodeTensor> joined = Gathering.Join(_tensors, [_tensors.Length]);
        if (joined.IsOk)
        {
            Release();
            _tensors = [joined.Value];
            isGathered = false;
        }

        return joined;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        foreach (NodeTensor tensor in _tensors)
        {
            tensor.Memory?.Release();
        }
    }
}
