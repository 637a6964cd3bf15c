using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>One version's row in the table: its state, and the servable while it is available.</summary>
/// <param name="Version">The version's number.</param>
/// <param name="State">The version's state.</param>
/// <param name="Servable">Not null exactly while <paramref name="State"/> is Available.</param>
/// <param name="Reason">Why loading failed. For an available version: why newer files or settings could not replace it.</param>
internal sealed record VersionEntry(long Version, ServableState State, Servable? Servable = null, string? Reason = null)
{
    /// <summary>Why calls of an available version are refused; Ok if they are taken, or there is no servable.</summary>
    public Outcome Health => Servable?.Health.State ?? Outcome.Ok;

    /// <summary>Whether calls are taken.</summary>
    public bool IsReady => State == ServableState.Available && Servable?.Health.IsReady != false;

    /// <summary>The error that status calls report.</summary>
    public LoadError Error => State != ServableState.Loading || Reason is null ? LoadError.Ok
        : IsComposed ? LoadError.FailedPrecondition : LoadError.Unknown;

    /// <summary>Whether it is composed of other servables, which it needs.</summary>
    public bool IsComposed { get; init; }

    /// <summary>The name of <see cref="Error"/>.</summary>
    public string ErrorName => Error == LoadError.FailedPrecondition ? "FAILED_PRECONDITION" : Error.ToString().ToUpperInvariant();

    /// <summary>The error text that status calls report.</summary>
    public string ErrorMessage => Error == LoadError.Ok ? "OK" : Reason!;
}

/// <summary>The load error of a version, with the numbers of the original's status calls.</summary>
internal enum LoadError
{
    /// <summary>No error.</summary>
    Ok = 0,

    /// <summary>Loading failed.</summary>
    Unknown = 2,

    /// <summary>A servable is composed of others that are not served, or do not fit.</summary>
    FailedPrecondition = 9,
}

/// <summary>One model's rows, by ascending version; empty while its versions are not yet known.</summary>
internal sealed record ModelEntry(string Name, ImmutableArray<VersionEntry> Versions)
{
    /// <summary>The version for calls that name none: the highest available one; null if there is none.</summary>
    public VersionEntry? Default { get; } = Versions.LastOrDefault(static entry => entry.State == ServableState.Available);

    /// <summary>A version's row; null if there is none.</summary>
    public VersionEntry? Find(long version)
    {
        foreach (VersionEntry entry in Versions)
        {
            if (entry.Version == version)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Whether the model is no longer configured, so that its rows are history.</summary>
    public bool IsRetired { get; init; }

    /// <summary>Whether it is composed of other servables. It then has one version, whatever version a caller names.</summary>
    public bool IsComposed { get; init; }

    /// <summary>Whether it is a graph.</summary>
    public bool IsGraph { get; init; }

    /// <summary>Why the model as a whole cannot be served (its settings or its path); null if it can.</summary>
    public string? Reason { get; init; }
}
