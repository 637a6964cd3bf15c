namespace Ovms.Serving.Lifecycle;

/// <summary>How long a version that failed is left alone while nothing about it changes.</summary>
internal static class RetryPause
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    /// <summary>The pause after so many attempts: it doubles, up to a minute.</summary>
    /// <param name="attempts">At least 1.</param>
    public static TimeSpan After(int attempts)
    {
        // More doublings than this pass any limit, and many more would overflow.
        const int Enough = 16;
        TimeSpan pause = s_first * (1 << Math.Min(attempts - 1, Enough));
        return pause < s_longest ? pause : s_longest;
    }
}
