using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>The running loads, each on a thread of its own, and the abandoned ones.</summary>
/// <remarks>
/// A thread that waits for a disk or for OpenVINO cannot be ended, so an overdue load is abandoned and counted. Used only by the loop of
/// <see cref="ModelManager"/>, except the counts.
/// </remarks>
internal sealed class LoadsUnderway
{
    /// <summary>Maximum number of abandoned threads, since each holds the memory that its load has allocated so far.</summary>
    public const int MostLeftBehind = 8;

    // Each compilation uses several cores. A few at a time hide the reading of files.
    private static readonly int s_maxConcurrent = Math.Clamp(Environment.ProcessorCount / 2, 2, 8);

    private readonly List<RunningLoad> _running = [];
    private readonly List<RunningLoad> _leftBehind = [];
    private volatile int _runningCount;
    private volatile int _leftBehindCount;

    /// <summary>Number of running loads, without abandoned ones.</summary>
    public int Running => _runningCount;

    /// <summary>Number of abandoned loads that still run.</summary>
    public int LeftBehind => _leftBehindCount;

    private int RunningWithLimit => _running.Count(static load => load.Source.Config.LoadTimeout is not null);

    /// <summary>Whether a load runs that is not a way back: those are extra, and nobody waits for them.</summary>
    public bool AnyWanted => _running.Exists(static load => !load.IsReturn);

    /// <summary>Why a version cannot be loaded now. Ok if it can be, at once or as soon as <see cref="HasPlace"/> is true.</summary>
    /// <param name="id">The version.</param>
    /// <param name="source">Where it is loaded from.</param>
    /// <param name="isReturn">Whether it is a way back. One that was left behind holds up no other load: that may move its model off the
    /// device.</param>
    public Outcome Refusal(ServableId id, VersionSource source, bool isReturn = false)
    {
        if (_leftBehind.Find(load => load.Id == id && load.Source.Folder == source.Folder && (isReturn || !load.IsReturn)) is { } earlier)
        {
            return earlier.WhyLeft;
        }

        return source.Config.LoadTimeout is not null && _leftBehind.Count >= MostLeftBehind
            ? Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{_leftBehind.Count} loads were left behind and have not ended; at most {MostLeftBehind} may be. "
                + "It is tried again when one has ended; otherwise restart the server.")
            : Outcome.Ok;
    }

    /// <summary>Whether one more load may begin now. The number of concurrent loads is limited; slow ones do not count.</summary>
    /// <remarks>Ways back have one place of their own: they try devices that may hang, and must not hold up other models.</remarks>
    public bool HasPlace(VersionSource source, TimeSpan now, bool isReturn = false)
    {
        // Every load with a time limit may have to be abandoned, so a place is reserved for it.
        bool hasRoom = source.Config.LoadTimeout is null || _leftBehind.Count + RunningWithLimit < MostLeftBehind;
        return hasRoom && _running.Count(load => load.IsReturn == isReturn && !load.IsSlow(now)) < (isReturn ? 1 : s_maxConcurrent);
    }

    /// <summary>Adds a load that begins.</summary>
    public void Add(RunningLoad load)
    {
        _running.Add(load);
        Count();
    }

    /// <summary>Removes a load that has ended.</summary>
    /// <returns>Whether its result is wanted: false if the load was abandoned.</returns>
    public bool Remove(RunningLoad load)
    {
        bool isWanted = _running.Remove(load);
        if (!isWanted)
        {
            _leftBehind.Remove(load);
        }

        Count();
        return isWanted;
    }

    /// <summary>Abandons a load: its result will be discarded.</summary>
    public void LeaveBehind(RunningLoad load)
    {
        if (_running.Remove(load))
        {
            _leftBehind.Add(load);
        }

        Count();
    }

    /// <summary>The loads past their time limit.</summary>
    public IReadOnlyList<RunningLoad> Overdue(TimeSpan now) => _running.FindAll(load => load.IsOverdue(now));

    /// <summary>Slow loads whose results are no longer wanted, at most as many as may be abandoned.</summary>
    public IReadOnlyList<RunningLoad> Unwanted(Desired desired, TimeSpan now)
    {
        int room = Math.Max(0, MostLeftBehind - _leftBehind.Count - RunningWithLimit);
        return [.. _running.Where(load => load.MayBeAbandoned(now) && !IsWanted(load, desired)).Take(room)];
    }

    /// <summary>Reports each load once when it takes long.</summary>
    public void ReportSlow(ILogger log, TimeSpan now)
    {
        foreach (RunningLoad slow in _running.FindAll(load => load.IsToBeTold(now)))
        {
            slow.IsTold = true;
            Log.LoadSlow(log, slow.Id.Name, slow.Id.Version, slow.Age(now).TotalSeconds);
        }
    }

    /// <summary>
    /// Whether a requested reload must wait: for loads begun since its look, for loads that are not slow, and for a limited time for those
    /// of versions that were removed.
    /// </summary>
    /// <param name="reload">A reload whose look has ended.</param>
    /// <param name="desired">What the newest look found.</param>
    /// <param name="now">The current time.</param>
    public bool Hold(PendingReload reload, Desired desired, TimeSpan now) => _running.Exists(load =>
        (!load.IsReturn && (load.Look >= reload.Look || !load.IsSlow(now))) || (now < reload.WaitsUntil && !IsWanted(load, desired)));

    /// <summary>When the passing of time alone changes the state of a load; null = never.</summary>
    public TimeSpan? NextDue(TimeSpan now) => _running.Min(load => load.NextDue(now));

    // Changed files do not make a load unwanted: it may still succeed, and a folder that changes all the time would otherwise never be
    // served.
    private static bool IsWanted(RunningLoad load, Desired desired)
    {
        DesiredModel? model = desired.Models.FirstOrDefault(model => model.Name == load.Id.Name);
        if (model is not { Config: { } config, Versions: { } versions })
        {
            // If settings or versions cannot be determined, the load continues.
            return model is not null;
        }

        return config.CompilesLike(load.Source.Config) && versions.Any(version => version.Folder == load.Source.Folder);
    }

    private void Count() => (_runningCount, _leftBehindCount) = (_running.Count, _leftBehind.Count);
}
