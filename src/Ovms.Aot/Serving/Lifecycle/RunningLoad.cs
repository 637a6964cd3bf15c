using Ovms.Native;
using Ovms.Observability;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>A load that runs. All times are on the clock of plans.</summary>
/// <param name="id">The version that is loaded.</param>
/// <param name="source">The source it is loaded from.</param>
/// <param name="isTrial">Whether a failure is not yet an error, because the files may still be incomplete.</param>
/// <param name="look">The number of the look that caused it.</param>
/// <param name="begun">When it began.</param>
internal sealed class RunningLoad(ServableId id, VersionSource source, bool isTrial, long look, TimeSpan begun)
{
    // Few loads begin at a time, because each uses several cores. A load that runs longer than this no longer counts, so that it cannot
    // block the others.
    private static readonly TimeSpan s_slowAfter = TimeSpan.FromSeconds(5);

    // An unwanted load is abandoned only after this time, because one that is about to end is worth waiting for.
    private static readonly TimeSpan s_abandonedAfter = TimeSpan.FromSeconds(30);

    // After this time the log mentions the load, for operators who wonder where the model is.
    private static readonly TimeSpan s_reportedAfter = TimeSpan.FromMinutes(1);

    /// <summary>The version that is loaded.</summary>
    public ServableId Id => id;

    /// <summary>The source it is loaded from.</summary>
    public VersionSource Source => source;

    /// <summary>Whether a failure is not yet an error, because the files may still be incomplete.</summary>
    public bool IsTrial => isTrial;

    /// <summary>Whether the version serves already on a worse device, and is loaded to come back to a better one.</summary>
    public bool IsReturn { get; init; }

    /// <summary>The number of the look that caused it.</summary>
    public long Look => look;

    /// <summary>Whether the log has already reported it as slow.</summary>
    public bool IsTold { get; set; }

    /// <summary>How long it has been running.</summary>
    public TimeSpan Age(TimeSpan now) => now - begun;

    /// <summary>Whether it runs so long that other loads may begin beside it.</summary>
    public bool IsSlow(TimeSpan now) => Age(now) >= s_slowAfter;

    /// <summary>Whether it has exceeded its time limit.</summary>
    public bool IsOverdue(TimeSpan now) => source.Config.LoadTimeout is { } limit && Age(now) >= limit;

    /// <summary>The version's failure after this load was abandoned. It holds until the load has ended.</summary>
    public Outcome WhyLeft => Outcome.Fail(
        StatusCode.ModelNotLoaded,
        source.Config.LoadTimeout is { } limit
            ? $"{source.Folder.Path} was not loaded within {limit.TotalSeconds:F0} s (load_timeout_seconds): its disk does not answer, "
                + "or it needs a longer time. It is tried again when that load has ended."
            : $"An earlier load of {source.Folder.Path} has not ended. It is tried again when that has ended.");

    /// <summary>Whether the log should report it as slow. With a time limit it does not, because the failure will be logged.</summary>
    public bool IsToBeTold(TimeSpan now) => !IsTold && source.Config.LoadTimeout is null && Age(now) >= s_reportedAfter;

    /// <summary>Whether it has run long enough to be abandoned if its result is no longer wanted.</summary>
    /// <remarks>A way back must not hold up the edit that moves its model off a device that hangs.</remarks>
    public bool MayBeAbandoned(TimeSpan now) => IsReturn || Age(now) >= s_abandonedAfter;

    /// <summary>
    /// Starts it on a thread of its own: a compilation occupies a thread for seconds to minutes, and the pool's threads answer calls.
    /// </summary>
    /// <param name="load">Loads the version.</param>
    /// <param name="post">Receives the signal of its end.</param>
    /// <param name="log">Logs unexpected exceptions.</param>
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

    /// <summary>When the passing of time alone changes its state; null = never.</summary>
    public TimeSpan? NextDue(TimeSpan now)
    {
        TimeSpan?[] times = [begun + s_slowAfter, begun + s_abandonedAfter, begun + s_reportedAfter, begun + source.Config.LoadTimeout];
        return times.Where(at => at > now).Min();
    }

    private Outcome<LoadedModel> Run(LoadVersion load, ILogger log)
    {
        try
        {
            return load(id, source.Folder, source.Config, IsReturn);
        }
        catch (Exception surprise)
        {
            // An exception for one model must not stop the others. The log gets the stack trace.
            Log.LoadSurprised(log, id.Name, id.Version, surprise);
            return Outcome.Fail(StatusCode.InternalError, surprise.Message);
        }
    }
}
