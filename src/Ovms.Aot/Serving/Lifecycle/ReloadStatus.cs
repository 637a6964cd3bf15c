using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Compares what is served with what is configured. A snapshot.</summary>
/// <param name="Config">Ok, or why the last look could not read the configuration. The last readable one stays in force.</param>
/// <param name="Faults">The models and versions that cannot be served as configured, each with the reason.</param>
/// <param name="ConfigChanges">Number of configurations applied, including the first.</param>
/// <param name="ConfigRefusals">Number of configurations rejected.</param>
/// <param name="Loads">Number of successful loads and reloads of versions.</param>
/// <param name="FailedLoads">Number of failed attempts to load a version.</param>
/// <param name="LastChange">When a version was last loaded or unloaded, or a configuration applied; null = never.</param>
internal sealed record ReloadStatus(
    Outcome Config,
    ImmutableArray<ModelFault> Faults,
    long ConfigChanges,
    long ConfigRefusals,
    long Loads,
    long FailedLoads,
    DateTimeOffset? LastChange)
{
    /// <summary>Errors about ignored parts of the configuration, for example models named beside its own file.</summary>
    public ImmutableArray<string> LeftOut { get; init; } = [];

    /// <summary>Number of abandoned loads that still run.</summary>
    public int LoadsLeftBehind { get; init; }

    /// <summary>The status before the first look.</summary>
    public static ReloadStatus None { get; } = new(Outcome.Ok, [], 0, 0, 0, 0, null);

    /// <summary>Whether everything is served as configured.</summary>
    public bool IsClean => Config.IsOk && Faults.IsEmpty && LeftOut.IsEmpty;
}

/// <summary>Why a model, or one version of it, cannot be served as configured.</summary>
/// <param name="Name">The model.</param>
/// <param name="Version">The version; null for the model as a whole.</param>
/// <param name="Why">The reason.</param>
/// <param name="GoesOn">Whether it is still served, as loaded before.</param>
internal sealed record ModelFault(string Name, long? Version, Outcome Why, bool GoesOn)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"Model {Name}{(Version is { } version ? $"; version: {version}" : "")}"
            + $"{(GoesOn ? " goes on with what is loaded and is not refreshed" : "")}: {Why}";
}

/// <summary>The result of a requested reload.</summary>
/// <param name="Changed">Whether the configuration changed, or anything was loaded or unloaded.</param>
/// <param name="Status">The status after it.</param>
internal sealed record ReloadResult(bool Changed, ReloadStatus Status);
