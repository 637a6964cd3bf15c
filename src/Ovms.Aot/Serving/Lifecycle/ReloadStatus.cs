using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>How what is served stands to what is configured. A snapshot.</summary>
/// <param name="Config">Ok, or why the configuration could not be read at the last look; what is served goes by the last one that could.</param>
/// <param name="Faults">Models and versions that are configured and cannot be served as configured, each with its reason.</param>
/// <param name="ConfigChanges">How many configurations were taken over, the first among them.</param>
/// <param name="ConfigRefusals">How many configurations were refused.</param>
/// <param name="Loads">How many versions were loaded, or loaded anew.</param>
/// <param name="FailedLoads">How many attempts to load a version failed.</param>
/// <param name="LastChange">When something was last loaded, unloaded or taken over; null for never.</param>
internal sealed record ReloadStatus(
    Outcome Config,
    ImmutableArray<ModelFault> Faults,
    long ConfigChanges,
    long ConfigRefusals,
    long Loads,
    long FailedLoads,
    DateTimeOffset? LastChange)
{
    /// <summary>Sentences about what the configuration names beside its own file and is left out.</summary>
    public ImmutableArray<string> LeftOut { get; init; } = [];

    /// <summary>How many loads were given up and still run.</summary>
    public int LoadsLeftBehind { get; init; }

    /// <summary>Nothing was looked at yet.</summary>
    public static ReloadStatus None { get; } = new(Outcome.Ok, [], 0, 0, 0, 0, null);

    /// <summary>Whether all that is configured is served as configured.</summary>
    public bool IsClean => Config.IsOk && Faults.IsEmpty && LeftOut.IsEmpty;
}

/// <summary>Why a model, or one version of it, cannot be served as configured.</summary>
/// <param name="Name">The model.</param>
/// <param name="Version">The version; null for the model as a whole.</param>
/// <param name="Why">The reason.</param>
/// <param name="GoesOn">Whether it is served all the same, as it was loaded before.</param>
internal sealed record ModelFault(string Name, long? Version, Outcome Why, bool GoesOn)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"Model {Name}{(Version is { } version ? $"; version: {version}" : "")}{(GoesOn ? " goes on with what is loaded and is not refreshed" : "")}: {Why}";
}

/// <summary>How one reload that was asked for ended.</summary>
/// <param name="Changed">Whether the configuration was another one, or anything was loaded or unloaded.</param>
/// <param name="Status">How things stand after it.</param>
internal sealed record ReloadResult(bool Changed, ReloadStatus Status);
