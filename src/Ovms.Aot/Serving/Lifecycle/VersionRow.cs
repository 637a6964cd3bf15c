using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>The <see cref="ServingBoard"/>'s record of one version. Only the board changes it.</summary>
/// <param name="version">The version's number.</param>
/// <param name="isComposed">Whether it is composed of other servables.</param>
internal sealed class VersionRow(long version, bool isComposed = false)
{
    /// <summary>The version's number.</summary>
    public long Version => version;

    /// <summary>The version's state.</summary>
    public ServableState State { get; set; } = ServableState.Start;

    /// <summary>The servable; null while the version does not serve.</summary>
    public Servable? Servable { get; set; }

    /// <summary>The source that <see cref="Servable"/> was loaded from.</summary>
    public VersionSource? Serves { get; set; }

    /// <summary>The newest attempt, if it failed.</summary>
    public FailedLoad? Failed { get; set; }

    /// <summary>Whether the failure is definite: not that of a trial, where files may be incomplete.</summary>
    public bool IsFailureSure { get; set; }

    /// <summary>The servable being released, until its last calls have ended.</summary>
    public Servable? Leaving { get; set; }

    /// <summary>The way back to a better device; null if it has not fallen since its source was loaded.</summary>
    public WayBack? WayBack { get; set; }

    /// <summary>Whether plans consider it: it is not unloading and has not ended.</summary>
    public bool IsAlive => State < ServableState.Unloading;

    /// <summary>The version's entry in the table that callers see.</summary>
    public VersionEntry ToEntry() =>
        new(Version, State, Servable, IsFailureSure ? Failed?.Why.Text : null) { IsComposed = isComposed };

    /// <summary>The version's state as the input of a plan.</summary>
    public ActualVersion ToActual() => new(Version, Serves, Failed, Servable?.NeedsReturn == true ? WayBack?.At : null);
}
