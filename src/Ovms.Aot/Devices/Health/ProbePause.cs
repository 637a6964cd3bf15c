namespace Ovms.Devices.Health;

/// <summary>The pauses between probes of a device that fails: 1 s, 2 s, 4 s and so on up to 60 s.</summary>
internal struct ProbePause()
{
    private const int First = 1;
    private const int Longest = 60;

    private int _seconds = First;

    /// <summary>The pause before the next probe.</summary>
    public TimeSpan Next()
    {
        TimeSpan pause = TimeSpan.FromSeconds(_seconds);
        _seconds = Math.Min(2 * _seconds, Longest);
        return pause;
    }
}
