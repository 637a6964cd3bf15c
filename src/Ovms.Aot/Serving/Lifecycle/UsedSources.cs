using System.Collections.Immutable;
using Ovms.Serving.Loading;

namespace Ovms.Serving.Lifecycle;

/// <summary>What a composed servable calls, as it is served now. A pure function of the inputs of a plan.</summary>
/// <param name="Sources">What each was loaded from, in the order of the settings; null for one that is not served.</param>
/// <param name="AreAwaited">Whether one that is not served will be tried soon, so that the composition waits for it.</param>
internal sealed record UsedSources(ImmutableArray<VersionSource?> Sources, bool AreAwaited)
{
    /// <summary>Those of a model, which calls none.</summary>
    public static UsedSources None { get; } = new([], AreAwaited: false);

    /// <summary>Whether all are served.</summary>
    public bool AreServed => !Sources.Contains(null);

    /// <summary>Finds them.</summary>
    /// <param name="composition">What is composed; null for a model.</param>
    /// <param name="desired">What should be served.</param>
    /// <param name="actual">What is served.</param>
    public static UsedSources Of(ComposedSettings? composition, Desired desired, Actual actual)
    {
        if (composition is null)
        {
            return None;
        }

        List<VersionSource?> sources = [];
        bool awaited = false;
        foreach (UsedServable use in composition.Uses)
        {
            ActualModel? model = actual.Find(use.Name);
            VersionSource? source = use.Version > 0
                ? model?.Find(use.Version)?.Serves
                : model?.Versions.LastOrDefault(static version => version.Serves is not null)?.Serves;
            awaited |= source is null && IsAwaited(use, desired, model);
            sources.Add(source);
        }

        return new UsedSources([.. sources], awaited);
    }

    private static bool IsAwaited(UsedServable use, Desired desired, ActualModel? actual)
    {
        DesiredModel? model = desired.Models.FirstOrDefault(model => model.Name == use.Name);
        if (model is not { Config.Composition: null, Versions: { } onDisk })
        {
            return false;
        }

        bool IsUsed(long version) => use.Version == 0 || use.Version == version;
        return onDisk.Any(version => IsUsed(version.Folder.Version))
            && (actual is null || actual.IsBusy || actual.Versions.All(version => !IsUsed(version.Version) || version.Failed is null));
    }
}
