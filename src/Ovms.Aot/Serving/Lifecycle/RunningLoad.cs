using Ovms.Native;
using Ovms.Observability;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>A load that was begun and has not ended. Times are those of the clock of plans.</summary>
/// <param name="id">The version that is loaded.</param>
/// <param name="source">What from.</param>
/// <param name="isTrial">Whether a failure may mean that the files are not complete yet.</param>
/// <param name="look">The look that it was begun for.</param>
/// <param name="begun">When.</param>
internal sealed class RunningLoad(ServableId id, VersionSource source, bool isTrial, long look, TimeSpan begun)
{
    // Each load uses several cores itself, so that few are begun at a time; one that takes longer than this must not hold up the others.
    private static readonly TimeSpan s_slowAfter = TimeSpan.FromSeconds(5);

    // A load that nobody wants any more is left behind, but one that is about to end is worth waiting for.
    private static readonly TimeSpan s_abandonedAfter = TimeSpan.FromSeconds(30);

    // Then whoever wonders where the model is finds a line in the log.
    private static readonly TimeSpan s_toldAfter = TimeSpan.FromMinutes(1);

    /// <summary>The version that is loaded.</summary>
    public ServableId Id => id;

    /// <summary>What from.</summary>
    public VersionSource Source => source;

    /// <summary>Whether a failure may mean that the files are not complete yet.</summary>
    public bool IsTrial => isTrial;

    /// <summary>The look that it was begun for.</summary>
    public long Look => look;

    /// <summary>Whether it was told that it takes long.</summary>
    public bool IsTold { get; set; }

    /// <summary>How long it has been running.</summary>
    public TimeSpan Age(TimeSpan now) => now - begun;

    /// <summary>Whether it has taken so long that others are begun beside it.</summary>
    public bool IsSlow(TimeSpan now) => Age(now) >= s_slowAfter;

    /// <summary>Whether its time is over.</summary>
    public bool IsOverdue(TimeSpan now) => source.Config.LoadTimeout is { } limit && Age(now) >= limit;

    /// <summary>Why the version fails when this load is left behind, then and as long as it has not ended.</summary>
    public Outcome WhyLeft => Outcome.Fail(
        StatusCode.ModelNotLoaded,
        source.Config.LoadTimeout is { } limit
            ? $"{source.Folder.Path} was not loaded within {limit.TotalSeconds:F0} s (load_timeout_seconds): its disk does not answer, "
                + "or it needs a longer time. It is tried again when that load has ended."
            : $"An earlier load of {source.Folder.Path} has not ended. It is tried again when that has ended.");

    /// <summary>Whether the log should say that it takes long. With a time limit the failure will say it.</summary>
    public bool IsToBeTold(TimeSpan now) => !IsTold && source.Config.LoadTimeout is null && Age(now) >= s_toldAfter;

    /// <summary>Whether it is left behind, if nobody wants it any more.</summary>
    public bool MayBeAbandoned(TimeSpan now) => Age(now) >= s_abandonedAfter;

    /// <summary>
    /// Begins it, on a thread of its own: a compilation takes seconds to minutes of one thread, and the pool's threads answer calls.
    /// </summary>
    /// <param name="load">Loads.</param>
    /// <param name="post">Takes its end.</param>
    /// <param name="log">Where a surprise is told.</param>
    public void Start(LoadVersion load, Action<Signal> post, ILogger log)
    {
        _ = Task.Factory.StartNew(
            () =>
            {
                post(new Signal.Made(this, Run(load, log)));
                NativeHeap.GiveBack();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
    }

    /// <summary>When time alone changes something about it; null for never.</summary>
    public TimeSpan? NextDue(TimeSpan now)
    {
        TimeSpan?[] times = [begun + s_slowAfter, begun + s_abandonedAfter, begun + s_toldAfter, begun + source.Config.LoadTimeout];
        return times.Where(at => at > now).Min();
    }

    private Outcome<LoadedModel> Run(LoadVersion load, ILogger log)
    {
        try
        {
            return load(id, source.Folder, source.Config);
        }
        catch (Exception surprise)
        {
            // One model's surprise is no reason to stop serving the others; the trace is for whoever mends it.
            Log.LoadSurprised(log, id.Name, id.Version, surprise);
            return Outcome.Fail(StatusCode.InternalError, surprise.Message);
        }
    }
}
