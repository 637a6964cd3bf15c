using System.Collections.Immutable;

namespace Ovms.Serving.Table;

/// <summary>One version's row in the table: where it is in its life, and the servable while it is available.</summary>
/// <param name="Version">The version's number.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Servable">Not null exactly while <paramref name="State"/> is Available.</param>
/// <param name="Reason">Why loading failed; for an available version, why newer files or settings could not take its place.</param>
internal sealed record VersionEntry(long Version, ServableState State, Servable? Servable = null, string? Reason = null)
{
    /// <summary>The error that status calls tell beside the state.</summary>
    public LoadError Error => State == ServableState.Loading && Reason is not null ? LoadError.Unknown : LoadError.Ok;

    /// <summary>The text that status calls tell beside the error.</summary>
    public string ErrorMessage => Error == LoadError.Ok ? "OK" : Reason!;
}

/// <summary>Whether a version could be loaded, with the numbers of the original's status calls.</summary>
internal enum LoadError
{
    /// <summary>Nothing went wrong.</summary>
    Ok = 0,

    /// <summary>Loading failed.</summary>
    Unknown = 2,
}

/// <summary>One name's rows, versions ascending; none while it is not known yet which versions there are.</summary>
internal sealed record ModelEntry(string Name, ImmutableArray<VersionEntry> Versions)
{
    /// <summary>What answers calls that name no version: the highest available one; null while there is none.</summary>
    public VersionEntry? Default { get; } = Versions.LastOrDefault(static entry => entry.State == ServableState.Available);

    /// <summary>A version's row; null where there is none.</summary>
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

    /// <summary>Whether the model is no longer configured: its rows tell what was.</summary>
    public bool IsRetired { get; init; }

    /// <summary>What stands against serving the model as a whole: its settings, its path; null for nothing.</summary>
    public string? Reason { get; init; }
}
