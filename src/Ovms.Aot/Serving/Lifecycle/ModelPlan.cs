using System.Collections.Immutable;
using Ovms.Repository;
using Ovms.Serving.Loading;

namespace Ovms.Serving.Lifecycle;

/// <summary>The part of a <see cref="ReconcilePlan"/> for one model.</summary>
/// <param name="Action">The next action; null if there is none, or one is being executed.</param>
/// <param name="Awaited">Versions that will be served and have no state yet.</param>
/// <param name="NextDue">When the next retry is due that is not due yet.</param>
/// <remarks>
/// The order of actions keeps the model answering. First, missing versions are loaded, the highest first. Then served versions with an
/// older source are reloaded, and those that fell to a worse device are loaded again. Only when none is left, unwanted versions are
/// unloaded.
/// The last serving version stays until a wanted one serves.
/// </remarks>
internal sealed record ModelPlan(ModelAction? Action, ImmutableArray<ServableId> Awaited, TimeSpan? NextDue)
{
    private static ModelPlan Nothing { get; } = new(null, [], null);

    /// <summary>When the next way back to a better device is due that is not due yet.</summary>
    public TimeSpan? NextReturn { get; init; }

    /// <summary>Wanted versions that are not served and were not tried.</summary>
    public ImmutableArray<UntriedVersion> Untried { get; init; } = [];

    /// <summary>Versions that serve what is wanted again, after other files or settings failed.</summary>
    public ImmutableArray<ServableId> Mended { get; init; } = [];

    /// <summary>Plans for a model that is desired.</summary>
    /// <param name="model">The model.</param>
    /// <param name="all">What is served.</param>
    /// <param name="desired">What should be served.</param>
    /// <param name="now">The current time.</param>
    public static ModelPlan Of(DesiredModel model, Actual all, Desired desired, TimeSpan now)
    {
        ActualModel? actual = all.Find(model.Name);
        actual ??= new ActualModel(model.Name, IsBusy: false, []);
        if (model.Config is not { } config || model.Versions is not { } onDisk)
        {
            return Nothing;
        }

        UsedSources uses = UsedSources.Of(config.Composition, desired, all);
        Candidate[] candidates =
            [.. onDisk.Select(version => new Candidate(version, config, uses, actual.Find(version.Folder.Version), desired))];
        HashSet<long> counting =
            [.. candidates.Where(static candidate => candidate.Counts).Select(static candidate => candidate.Id.Version)];
        ImmutableArray<long> wanted =
            config.Versions.Select(candidates.Select(static candidate => candidate.Id.Version), counting.Contains);
        Candidate[] highestFirst = [.. candidates.Where(candidate => wanted.Contains(candidate.Id.Version)).Reverse()];
        ImmutableArray<ServableId> awaited =
            [.. highestFirst.Where(static candidate => candidate.Actual is null).Select(static candidate => candidate.Id)];
        ModelAction? action = actual.IsBusy
            ? null
            : highestFirst.FirstOrDefault(static candidate => candidate.IsBroken) is { Actual: not null } broken
            ? new ModelAction.Unload(broken.Id)
            : highestFirst.Where(static candidate => !candidate.IsServed)
                .Select(candidate => candidate.Attempt(now))
                .FirstOrDefault(static attempt => attempt is not null)
                ?? highestFirst.Where(static candidate => candidate.IsServed)
                    .Select(candidate => candidate.Attempt(now))
                    .FirstOrDefault(static attempt => attempt is not null)
                ?? FirstToGo(actual, wanted);
        return new ModelPlan(action, awaited, highestFirst.Min(candidate => candidate.DueAfter(now)))
        {
            NextReturn = highestFirst.Min(candidate => candidate.ReturnAfter(now)),
            Mended = [.. highestFirst.Where(static candidate => candidate.IsMended).Select(static candidate => candidate.Id)],
            Untried =
            [
                .. highestFirst.Where(static candidate => candidate.IsUntried)
                    .Select(static candidate => new UntriedVersion(candidate.Id, candidate.IsSettled)),
            ],
        };
    }

    /// <summary>Plans for a model that is no longer desired.</summary>
    public static ModelPlan ToRemove(ActualModel actual) => new(actual.IsBusy ? null : FirstToGo(actual, []), [], null);

    // The lowest version first, so that the default version answers longest. While no wanted version serves, the highest unwanted one
    // stays.
    private static ModelAction.Unload? FirstToGo(ActualModel actual, ImmutableArray<long> wanted)
    {
        bool mayEmpty = wanted.IsEmpty || actual.Versions.Any(version => version.Serves is not null && wanted.Contains(version.Version));
        ActualVersion? standIn = mayEmpty
            ? null
            : actual.Versions.Where(static version => version.Serves is not null).MaxBy(static version => version.Version);
        ActualVersion? leaving = actual.Versions
            .Where(version => version != standIn && !wanted.Contains(version.Version))
            .MinBy(static version => version.Version);
        return leaving is not null
            ? new ModelAction.Unload(new ServableId(actual.Name, leaving.Version))
            : null;
    }

    /// <summary>A version on disk together with its actual state.</summary>
    private readonly struct Candidate(
        VersionOnDisk onDisk, ModelConfig config, UsedSources uses, ActualVersion? actual, Desired desired)
    {
        private readonly VersionSource _source = new(config, onDisk.Folder, onDisk.Stamp) { Uses = uses.Sources };
        private readonly long _vouchedLook = desired.VouchedLook;

        public ServableId Id { get; } = new(config.Name, onDisk.Folder.Version);

        public ActualVersion? Actual { get; } = actual;

        public bool IsSettled { get; } = onDisk.IsSettled || desired.IsVouched;

        public bool IsServed => Actual?.Serves is not null;

        public bool IsUntried => !IsServed && Failure is null;

        /// <summary>Whether it serves what is wanted, and a failure to load something else is still on record.</summary>
        public bool IsMended => Actual is { Failed: not null, Serves: { } serves } && _source.MakesTheSameAs(serves);

        /// <summary>Whether it serves and its calls must fail: what it calls is gone, or has changed and does not fit any more.</summary>
        public bool IsBroken => Actual?.Serves is { Uses.IsEmpty: false } serves
            && (!uses.AreServed || (Failure is not null && _source.IsOfTheSameFiles(serves)));

        /// <summary>Whether it serves, or can be expected to once it is loaded.</summary>
        public bool Counts => IsServed || (IsSettled && Failure is null);

        // A failure says nothing about other files or settings.
        private FailedLoad? Failure => Actual?.Failed is { } failed && _source.MakesTheSameAs(failed.Source) ? failed : null;

        /// <summary>The load or reload that is due now; null = none.</summary>
        public ModelAction? Attempt(TimeSpan now)
        {
            if (_source.MakesTheSameAs(Actual?.Serves))
            {
                return Actual?.ReturnAt is { } at && now >= at ? new LoadAction.Return(Id, _source) : null;
            }

            if (!IsSettled || uses.AreAwaited || !IsDue(now))
            {
                return null;
            }

            bool isTrial = _vouchedLook == 0 && Failure is null;
            return IsServed ? new LoadAction.Reload(Id, _source, isTrial) : new LoadAction.Load(Id, _source, isTrial);
        }

        /// <summary>When the next attempt is due, if none is due now.</summary>
        public TimeSpan? DueAfter(TimeSpan now) => Failure is { } failed && IsSettled && !IsDue(now) ? DueAt(failed) : null;

        /// <summary>When the way back to a better device is due, if it is not due now.</summary>
        public TimeSpan? ReturnAfter(TimeSpan now) => Actual?.ReturnAt > now ? Actual.ReturnAt : null;

        private static TimeSpan DueAt(FailedLoad failed) => failed.At + RetryPause.After(failed.Attempts);

        private bool IsDue(TimeSpan now) => Failure is not { } failed || failed.Look < _vouchedLook || now >= DueAt(failed);
    }
}
