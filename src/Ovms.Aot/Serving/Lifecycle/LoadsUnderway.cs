using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The loads that run, each on a thread of its own, and those that were given up: nothing can end a thread that waits for a disk or for
/// the engine, so that such a thread is left behind and counted. Used by the loop of <see cref="ModelManager"/> only, except the counts.
/// </summary>
internal sealed class LoadsUnderway
{
    /// <summary>More threads are not left behind: each holds what its load has taken so far.</summary>
    public const int MostLeftBehind = 8;

    // Each compilation uses several cores itself; a few at once hide the reading of files.
    private static readonly int s_atATime = Math.Clamp(Environment.ProcessorCount / 2, 2, 8);

    private readonly List<RunningLoad> _running = [];
    private readonly List<RunningLoad> _leftBehind = [];
    private volatile int _runningCount;
    private volatile int _leftBehindCount;

    /// <summary>How many run.</summary>
    public int Running => _runningCount;

    /// <summary>How many were given up and still run.</summary>
    public int LeftBehind => _leftBehindCount;

    private int WithLimit => _running.Count(static load => load.Source.Config.LoadTimeout is not null);

    /// <summary>Why a version cannot be loaded as things stand; Ok where it can, now or as soon as <see cref="HasPlace"/>.</summary>
    public Outcome Refusal(ServableId id, VersionSource source)
    {
        if (_leftBehind.Find(load => load.Id == id && load.Source.Folder == source.Folder) is { } earlier)
        {
            return earlier.WhyLeft;
        }

        return source.Config.LoadTimeout is not null && _leftBehind.Count >= MostLeftBehind
            ? Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{_leftBehind.Count} loads were given up and have not ended, and no more than {MostLeftBehind} threads are left behind. "
                + "It is tried again when one has ended; otherwise restart the server.")
            : Outcome.Ok;
    }

    /// <summary>Whether one more load may begin now: a few at a time, of which those do not count that take long.</summary>
    public bool HasPlace(VersionSource source, TimeSpan now)
    {
        // Every load with a time limit may have to be left behind, and there must be room for it then.
        bool hasRoom = source.Config.LoadTimeout is null || _leftBehind.Count + WithLimit < MostLeftBehind;
        return hasRoom && _running.Count(load => !load.IsSlow(now)) < s_atATime;
    }

    /// <summary>A load begins.</summary>
    public void Add(RunningLoad load)
    {
        _running.Add(load);
        Count();
    }

    /// <summary>A load has ended.</summary>
    /// <returns>Whether its result is wanted: it was not left behind.</returns>
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

    /// <summary>Nobody waits for a load any more.</summary>
    public void LeaveBehind(RunningLoad load)
    {
        if (_running.Remove(load))
        {
            _leftBehind.Add(load);
        }

        Count();
    }

    /// <summary>Loads whose time is over.</summary>
    public IReadOnlyList<RunningLoad> Overdue(TimeSpan now) => _running.FindAll(load => load.IsOverdue(now));

    /// <summary>Loads that take long and make what nobody wants any more, as many as may be left behind.</summary>
    public IReadOnlyList<RunningLoad> Unwanted(Desired desired, TimeSpan now)
    {
        int room = Math.Max(0, MostLeftBehind - _leftBehind.Count - WithLimit);
        return [.. _running.Where(load => load.MayBeAbandoned(now) && !IsWanted(load, desired)).Take(room)];
    }

    /// <summary>Loads of which the log should say that they take long.</summary>
    public IReadOnlyList<RunningLoad> ToBeTold(TimeSpan now) => _running.FindAll(load => load.IsToBeTold(now));

    /// <summary>Whether a reload that was asked for waits: for what was begun since its look, and for what may end soon.</summary>
    /// <param name="look">The look of the reload.</param>
    /// <param name="now">The time.</param>
    public bool Hold(long look, TimeSpan now) => _running.Exists(load => load.Look >= look || !load.IsSlow(now));

    /// <summary>When time alone changes something; null for never.</summary>
    public TimeSpan? NextDue(TimeSpan now) => _running.Min(load => load.NextDue(now));

    // Files that change do not count: what is being read may still become whole, and a folder that always changes would never be served.
    private static bool IsWanted(RunningLoad load, Desired desired)
    {
        DesiredModel? model = desired.Models.FirstOrDefault(model => model.Name == load.Id.Name);
        if (model is not { Config: { } config, Versions: { } versions })
        {
            // What cannot be told leaves everything as it is.
            return model is not null;
        }

        return config.CompilesLike(load.Source.Config) && versions.Any(version => version.Folder == load.Source.Folder);
    }

    private void Count() => (_runningCount, _leftBehindCount) = (_running.Count, _leftBehind.Count);
}
