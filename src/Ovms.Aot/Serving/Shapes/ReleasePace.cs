namespace Ovms.Serving.Shapes;

/// <summary>Decides from the times of small inferences whether they cost a model's calls more than the memory is worth. Pure.</summary>
internal sealed class ReleasePace
{
    private const int MostSlowInARow = 3;

    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(20);

    private int _slowInARow;

    /// <summary>Whether several in a row were slow. It stays so.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>Adds one.</summary>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="computed">The CPU time of the process meanwhile.</param>
    public void Add(TimeSpan elapsed, TimeSpan computed)
    {
        // Where other programs keep the CPUs busy everything takes long: only what takes CPU time as well is the model's slowness.
        _slowInARow = elapsed > s_slow && computed > s_slow ? _slowInARow + 1 : 0;
        IsTooSlow |= _slowInARow == MostSlowInARow;
    }
}
