namespace Ovms.Processes;

/// <summary>
/// How long to wait before a child is started again: 0.1 s, then twice as long each time, up to 30 s. A child that has run for a minute is
/// as good as new: the next pause is the first one. Not thread-safe.
/// </summary>
internal sealed class RestartPause
{
    /// <summary>The first pause.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.1);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Time after which a child has run well.</summary>
    public static readonly TimeSpan Well = TimeSpan.FromMinutes(1);

    private TimeSpan _next = First;

    /// <summary>The pause after the end of a child, or after a start that failed.</summary>
    /// <param name="lived">How long the child ran; zero after a failed start.</param>
    public TimeSpan Next(TimeSpan lived)
    {
        TimeSpan pause = lived >= Well ? First : _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }
}
