using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>What the <see cref="ServingBoard"/> knows of one version. Changed only by the board.</summary>
internal sealed class VersionRow(long version)
{
    /// <summary>The version's number.</summary>
    public long Version => version;

    /// <summary>Where it is in its life.</summary>
    public ServableState State { get; set; } = ServableState.Start;

    /// <summary>What serves; null before and after.</summary>
    public Servable? Servable { get; set; }

    /// <summary>What <see cref="Servable"/> was made from.</summary>
    public VersionSource? Serves { get; set; }

    /// <summary>The newest attempt, where it failed.</summary>
    public FailedLoad? Failed { get; set; }

    /// <summary>Whether the failure is one, and not a folder that may be incomplete.</summary>
    public bool IsFailureSure { get; set; }

    /// <summary>What is being let go, while its last calls end.</summary>
    public Servable? Leaving { get; set; }

    /// <summary>Whether plans have to do with it: it has not been let go.</summary>
    public bool IsAlive => State < ServableState.Unloading;

    /// <summary>As callers see it.</summary>
    public VersionEntry ToEntry() => new(Version, State, Servable, IsFailureSure ? Failed?.Why.Text : null);

    /// <summary>As plans see it.</summary>
    public ActualVersion ToActual() => new(Version, Serves, Failed);
}
