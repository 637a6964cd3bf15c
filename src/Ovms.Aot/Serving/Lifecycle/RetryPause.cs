namespace Ovms.Serving.Lifecycle;

/// <summary>How long a failed version waits for its next attempt while nothing about it changes.</summary>
internal static class RetryPause
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    /// <summary>The pause after a number of failed attempts: 1 s, doubled by each further one, up to 1 minute.</summary>
    /// <param name="attempts">Number of attempts, at least 1.</param>
    public static TimeSpan After(int attempts)
    {
        // This many doublings exceed any limit; more would overflow.
        const int Enough = 16;
        TimeSpan pause = s_first * (1 << Math.Min(attempts - 1, Enough));
        return pause < s_longest ? pause : s_longest;
    }
}
