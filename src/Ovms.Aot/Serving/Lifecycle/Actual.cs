using System.Collections.Frozen;
using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>What is served, and what was tried in vain: the other half of a plan's input.</summary>
internal sealed class Actual(IEnumerable<ActualModel> models)
{
    private readonly FrozenDictionary<string, ActualModel> _byName = models.ToFrozenDictionary(static model => model.Name, StringComparer.Ordinal);

    /// <summary>All models that have a version which did not end.</summary>
    public ImmutableArray<ActualModel> Models => _byName.Values;

    /// <summary>One model; null where nothing of it is there.</summary>
    public ActualModel? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>One model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsBusy">Whether an action of it is being executed; then nothing else is begun.</param>
/// <param name="Versions">Those that are waited for, failed or served; the ones that go or ended are not among them.</param>
internal sealed record ActualModel(string Name, bool IsBusy, ImmutableArray<ActualVersion> Versions)
{
    /// <summary>One version; null where nothing of it is there.</summary>
    public ActualVersion? Find(long version) => Versions.FirstOrDefault(actual => actual.Version == version);
}

/// <summary>One version.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Serves">What its servable was made from; null while it has none.</param>
/// <param name="Failed">The newest attempt, where it failed; beside <paramref name="Serves"/> when a newer source could not replace an older.</param>
internal sealed record ActualVersion(long Version, VersionSource? Serves, FailedLoad? Failed);

/// <summary>An attempt that failed.</summary>
/// <param name="Source">What was tried.</param>
/// <param name="Attempts">How often in a row.</param>
/// <param name="At">When the last attempt ended, on the clock that plans are given.</param>
/// <param name="Look">The look that it was made for.</param>
/// <param name="Why">What stood against it.</param>
internal sealed record FailedLoad(VersionSource Source, int Attempts, TimeSpan At, long Look, Outcome Why);
