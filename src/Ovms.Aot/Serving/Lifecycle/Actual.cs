using System.Collections.Frozen;
using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>What is served, and which loads failed: the second input of a plan, beside <see cref="Desired"/>.</summary>
internal sealed class Actual(IEnumerable<ActualModel> models)
{
    private readonly FrozenDictionary<string, ActualModel> _byName =
        models.ToFrozenDictionary(static model => model.Name, StringComparer.Ordinal);

    /// <summary>All models that have a version which has not ended.</summary>
    public ImmutableArray<ActualModel> Models => _byName.Values;

    /// <summary>One model; null if it has no such version.</summary>
    public ActualModel? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>The actual state of one model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsBusy">Whether one of its actions is being executed. No other is started meanwhile.</param>
/// <param name="Versions">The versions that are awaited, failed or served; without those that are unloading or have ended.</param>
internal sealed record ActualModel(string Name, bool IsBusy, ImmutableArray<ActualVersion> Versions)
{
    /// <summary>One version; null if it has no state yet.</summary>
    public ActualVersion? Find(long version) => Versions.FirstOrDefault(actual => actual.Version == version);
}

/// <summary>The actual state of one version.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Serves">The source of its servable; null while it has none.</param>
/// <param name="Failed">The newest attempt, if it failed. Set beside <paramref name="Serves"/> if a newer source could not replace an
/// older one.</param>
/// <param name="ReturnAt">When it is loaded again next, to come back to a device; null if that is not needed.</param>
internal sealed record ActualVersion(long Version, VersionSource? Serves, FailedLoad? Failed, TimeSpan? ReturnAt = null);

/// <summary>A load attempt that failed.</summary>
/// <param name="Source">The source that was tried.</param>
/// <param name="Attempts">The number of failed attempts in a row.</param>
/// <param name="At">When the last attempt ended, on the plan's clock.</param>
/// <param name="Look">The number of the look that caused the attempt.</param>
/// <param name="Why">The reason of the failure.</param>
internal sealed record FailedLoad(VersionSource Source, int Attempts, TimeSpan At, long Look, Outcome Why);
