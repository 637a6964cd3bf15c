namespace Ovms.Repository.Remote;

/// <summary>How long things may take and how often they are tried.</summary>
internal sealed record RemotePatience
{
    /// <summary>How often a listing or a file is tried in one go.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>The pause before the second attempt; it grows fourfold.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Until a connection stands.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until a request's answer has begun; for a listing, until it is whole.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Between two pieces of a file.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For all requests of one listing together.</summary>
    public TimeSpan Listing { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a look at configuration and disk waits for a listing that is underway; the next look takes what came.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The same where somebody asks for the look and waits, as at the start.</summary>
    public TimeSpan Asked { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The first pause between listings that fail; it doubles.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long another server may hold a copy that is not whole.</summary>
    public TimeSpan OtherFetcher { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two looks at what another server does.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The pause after an attempt that failed.</summary>
    /// <param name="attempt">From 1.</param>
    public TimeSpan BeforeRetry(int attempt) => FirstPause * Math.Pow(4, attempt - 1);

    /// <summary>The pause after so many listings in a row that failed.</summary>
    /// <param name="failures">From 1.</param>
    public TimeSpan AfterFailures(int failures)
    {
        TimeSpan pause = FirstBackOff * Math.Pow(2, Math.Min(failures - 1, 16));
        return pause < LongestBackOff ? pause : LongestBackOff;
    }
}
