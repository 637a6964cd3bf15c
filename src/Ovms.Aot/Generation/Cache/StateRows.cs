using System.Diagnostics;

namespace Ovms.Generation.Cache;

/// <summary>
/// The rows of the state tables of models with convolution or linear-attention states. A sequence owns two: a step reads one and writes the
/// other, so that a failed step can run again.
/// </summary>
internal sealed class StateRows
{
    private readonly Stack<int> _free;

    /// <summary>All rows are free.</summary>
    public StateRows(int rows) => _free = new Stack<int>(Enumerable.Range(0, rows).Reverse());

    /// <summary>How many sequences can get rows.</summary>
    public int Pairs => _free.Count / 2;

    /// <summary>Takes two rows.</summary>
    public (int Read, int Write) Take()
    {
        Debug.Assert(Pairs > 0, "A sequence is admitted only if there are rows for it.");
        return (_free.Pop(), _free.Pop());
    }

    /// <summary>Returns the rows of a sequence.</summary>
    public void Return(int read, int write)
    {
        _free.Push(write);
        _free.Push(read);
    }
}
