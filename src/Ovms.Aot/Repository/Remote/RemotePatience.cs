namespace Ovms.Repository.Remote;

/// <summary>Timeouts, retries and back-off for object stores.</summary>
internal sealed record RemotePatience
{
    /// <summary>Attempts at a listing or a file before it counts as failed.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>Pause before the second attempt; each further pause is four times longer.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Timeout for establishing a connection.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Timeout until a response begins; for a listing, until it is complete.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Timeout between two reads of a file.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Timeout for all requests of one listing together.</summary>
    public TimeSpan Listing { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a scan of configuration and disk waits for a running listing. The next scan uses the result.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The same when a caller requested the scan and waits for it, as at startup.</summary>
    public TimeSpan Asked { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>First pause between failing listings; it doubles each time.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause between failing listings.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long another server may hold the lock of an incomplete copy.</summary>
    public TimeSpan OtherFetcher { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Interval at which another server's lock is checked.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The pause after a failed attempt.</summary>
    /// <param name="attempt">Counted from 1.</param>
    public TimeSpan BeforeRetry(int attempt) => FirstPause * Math.Pow(4, attempt - 1);

    /// <summary>The pause after this many failed listings in a row.</summary>
    /// <param name="failures">Counted from 1.</param>
    public TimeSpan AfterFailures(int failures)
    {
        TimeSpan pause = FirstBackOff * Math.Pow(2, Math.Min(failures - 1, 16));
        return pause < LongestBackOff ? pause : LongestBackOff;
    }
}
