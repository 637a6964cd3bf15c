using System.Collections.Immutable;
using Ovms.Repository;
using Ovms.Serving.Loading;

namespace Ovms.Serving.Lifecycle;

/// <summary>One model's part of a <see cref="ReconcilePlan"/>.</summary>
/// <param name="Action">The next step; null while there is none, or one is being executed.</param>
/// <param name="Awaited">Versions that will be served and of which nothing is there yet.</param>
/// <param name="NextDue">When an attempt is due that is not due yet.</param>
/// <remarks>
/// The order of steps keeps the model answering: what is missing is made first, the highest version before the others, then what is
/// served from an older source is made anew, and only when nothing of that is left a version goes that is not wanted any more; the last
/// one that serves stays as long as none that is wanted can.
/// </remarks>
internal sealed record ModelPlan(ModelAction? Action, ImmutableArray<ServableId> Awaited, TimeSpan? NextDue)
{
    private static ModelPlan Nothing { get; } = new(null, [], null);

    /// <summary>Versions that are wanted, do not serve and were not tried.</summary>
    public ImmutableArray<UntriedVersion> Untried { get; init; } = [];

    /// <summary>The plan of a model that is desired.</summary>
    public static ModelPlan Of(DesiredModel model, ActualModel? actual, Desired desired, TimeSpan now)
    {
        actual ??= new ActualModel(model.Name, IsBusy: false, []);
        if (model.Config is not { } config || model.Versions is not { } onDisk)
        {
            return Nothing;
        }

        Candidate[] candidates = [.. onDisk.Select(version => new Candidate(version, config, actual.Find(version.Folder.Version), desired))];
        HashSet<long> counting = [.. candidates.Where(static candidate => candidate.Counts).Select(static candidate => candidate.Id.Version)];
        ImmutableArray<long> wanted = config.Versions.Select(candidates.Select(static candidate => candidate.Id.Version), counting.Contains);
        Candidate[] highestFirst = [.. candidates.Where(candidate => wanted.Contains(candidate.Id.Version)).Reverse()];
        ImmutableArray<ServableId> awaited = [.. highestFirst.Where(static candidate => candidate.Actual is null).Select(static candidate => candidate.Id)];
        ModelAction? action = actual.IsBusy
            ? null
            : highestFirst.Where(static candidate => !candidate.IsServed).Select(candidate => candidate.Attempt(now)).FirstOrDefault(static attempt => attempt is not null)
                ?? highestFirst.Where(static candidate => candidate.IsServed).Select(candidate => candidate.Attempt(now)).FirstOrDefault(static attempt => attempt is not null)
                ?? FirstToGo(actual, wanted);
        return new ModelPlan(action, awaited, highestFirst.Min(candidate => candidate.DueAfter(now)))
        {
            Untried = [.. highestFirst.Where(static candidate => candidate.IsUntried).Select(static candidate => new UntriedVersion(candidate.Id, candidate.IsSettled))],
        };
    }

    /// <summary>The plan of a model that is not desired any more.</summary>
    public static ModelPlan ToRemove(ActualModel actual) => new(actual.IsBusy ? null : FirstToGo(actual, []), [], null);

    // The lowest first: the default version answers longest. While nothing that is wanted serves, the highest that is not wanted stays.
    private static ModelAction.Unload? FirstToGo(ActualModel actual, ImmutableArray<long> wanted)
    {
        bool mayEmpty = wanted.IsEmpty || actual.Versions.Any(version => version.Serves is not null && wanted.Contains(version.Version));
        ActualVersion? standIn = mayEmpty ? null : actual.Versions.Where(static version => version.Serves is not null).MaxBy(static version => version.Version);
        return actual.Versions.Where(version => version != standIn && !wanted.Contains(version.Version)).MinBy(static version => version.Version) is { } leaving
            ? new ModelAction.Unload(new ServableId(actual.Name, leaving.Version))
            : null;
    }

    /// <summary>One version on disk beside what is there of it.</summary>
    private readonly struct Candidate(VersionOnDisk onDisk, ModelConfig config, ActualVersion? actual, Desired desired)
    {
        private readonly VersionSource _source = new(config, onDisk.Folder, onDisk.Stamp);
        private readonly long _vouchedLook = desired.VouchedLook;

        public ServableId Id { get; } = new(config.Name, onDisk.Folder.Version);

        public ActualVersion? Actual { get; } = actual;

        public bool IsSettled { get; } = onDisk.IsSettled || desired.IsVouched;

        public bool IsServed => Actual?.Serves is not null;

        public bool IsUntried => !IsServed && Failure is null;

        /// <summary>Whether it serves or may be expected to, once tried.</summary>
        public bool Counts => IsServed || (IsSettled && Failure is null);

        // A failure tells nothing about other files or settings.
        private FailedLoad? Failure => Actual?.Failed is { } failed && _source.MakesTheSameAs(failed.Source) ? failed : null;

        /// <summary>The attempt to make it that is due; null for none.</summary>
        public ModelAction? Attempt(TimeSpan now)
        {
            if (_source.MakesTheSameAs(Actual?.Serves) || !IsSettled || !IsDue(now))
            {
                return null;
            }

            bool isTrial = _vouchedLook == 0 && Failure is null;
            return IsServed ? new ModelAction.Reload(Id, _source, isTrial) : new ModelAction.Load(Id, _source, isTrial);
        }

        /// <summary>When the next attempt is due, where none is now.</summary>
        public TimeSpan? DueAfter(TimeSpan now) => Failure is { } failed && IsSettled && !IsDue(now) ? DueAt(failed) : null;

        private static TimeSpan DueAt(FailedLoad failed) => failed.At + RetryPause.After(failed.Attempts);

        private bool IsDue(TimeSpan now) => Failure is not { } failed || failed.Look < _vouchedLook || now >= DueAt(failed);
    }
}
