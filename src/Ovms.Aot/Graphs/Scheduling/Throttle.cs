namespace Ovms.Graphs.Scheduling;

/// <summary>
/// Which inputs and sources of a running graph are held back, because a queue somewhere behind them is full. Guarded by the instance's
/// lock.
/// </summary>
/// <param name="roots">Number of the graph's inputs and sources.</param>
internal sealed class Throttle(int roots)
{
    private readonly int[] _full = new int[roots];

    /// <summary>Memory of all packets that wait, in bytes; a value in two queues counts twice.</summary>
    public long Bytes { get; set; }

    /// <summary>Whether an input or source may not give the graph more packets now.</summary>
    public bool Holds(int root) => _full[root] > 0 || Bytes > GraphLimits.QueuedBytes;

    /// <summary>A queue became full (1) or ceased to be (−1).</summary>
    public void Count(int[] roots, int change)
    {
        foreach (int root in roots)
        {
            _full[root] += change;
        }
    }
}
