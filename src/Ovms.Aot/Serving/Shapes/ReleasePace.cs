namespace Ovms.Serving.Shapes;

/// <summary>Decides from the times of small inferences whether they cost a model's calls more than the memory is worth. Pure.</summary>
internal sealed class ReleasePace
{
    /// <summary>So many large inferences have no small one after them once small ones were slow; then one is tried again.</summary>
    public const int Pause = 64;

    private const int MostSlowInARow = 3;

    // A small inference that takes less than this part of the large one's time is never slow.
    private const int LeastPart = 4;

    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(20);

    private int _slowInARow;
    private int _left;

    /// <summary>Whether a small inference shall follow the large one that has just ended.</summary>
    public bool Next()
    {
        if (_left == 0)
        {
            return true;
        }

        _left--;
        return false;
    }

    /// <summary>Adds the times of one.</summary>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="computed">The CPU time of the process meanwhile.</param>
    /// <param name="large">How long the large inference before it took.</param>
    public void Add(TimeSpan elapsed, TimeSpan computed, TimeSpan large)
    {
        // Where other programs keep the CPUs busy everything takes long, and where this process sends a large answer it uses CPU time
        // besides: only what takes both, and much of the large inference's time, is the model's slowness.
        bool isSlow = elapsed > s_slow && computed > s_slow && elapsed > large / LeastPart;
        _slowInARow = isSlow ? Math.Min(_slowInARow + 1, MostSlowInARow) : 0;
        _left = _slowInARow == MostSlowInARow ? Pause : 0;
    }
}
