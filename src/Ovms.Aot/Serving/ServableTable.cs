using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Ovms.Status;

namespace Ovms.Serving;

/// <summary>One version's row in the table: where it is in its life, and the servable while it is available.</summary>
/// <param name="Version">The version's number.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Servable">Not null exactly while <paramref name="State"/> is Available.</param>
/// <param name="Reason">Why loading failed; null otherwise.</param>
internal sealed record VersionEntry(long Version, ServableState State, Servable? Servable = null, string? Reason = null);

/// <summary>One name's rows, versions ascending; none while it is not known yet which versions there are.</summary>
internal sealed record ModelEntry(string Name, ImmutableArray<VersionEntry> Versions)
{
    /// <summary>What answers calls that name no version: the highest available one; null while there is none.</summary>
    public VersionEntry? Default { get; } = Versions.LastOrDefault(static entry => entry.State == ServableState.Available);
}

/// <summary>An immutable snapshot of all that is served. A request takes it once and carries it.</summary>
internal sealed class ServableTable(IEnumerable<ModelEntry> models)
{
    private readonly FrozenDictionary<string, ModelEntry> _byName = models.ToFrozenDictionary(static model => model.Name, StringComparer.Ordinal);

    /// <summary>Nothing is served.</summary>
    public static ServableTable Empty { get; } = new([]);

    /// <summary>All names.</summary>
    public ImmutableArray<ModelEntry> Models => _byName.Values;

    /// <summary>Whether every configured model has an available version; false for an empty table.</summary>
    public bool AllAvailable => _byName.Count > 0 && _byName.Values.All(static model => model.Default is not null);

    /// <summary>A model's row; null where the name is not known.</summary>
    public ModelEntry? FindModel(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Finds a model's row by name and its version's row by the version as the caller wrote it.</summary>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">Digits; empty or "0" = the default version.</param>
    /// <returns>The rows, or: name unknown, text not a number, version unknown, not loaded yet, retired.</returns>
    public Outcome<(ModelEntry Model, VersionEntry Version)> Find(string name, string versionText)
    {
        if (!_byName.TryGetValue(name, out ModelEntry? model))
        {
            return Outcome.Fail(StatusCode.ModelNameMissing, NameDetail(name));
        }

        long version = 0;
        if (versionText.Length > 0 && (!long.TryParse(versionText, NumberStyles.None, CultureInfo.InvariantCulture, out version)))
        {
            return Outcome.Fail(StatusCode.ModelVersionInvalidFormat, $"Expected: a number; Actual: {Shown.Bounded(versionText)}");
        }

        if (model.Versions.IsEmpty)
        {
            return Outcome.Fail(StatusCode.ModelVersionNotLoadedYet);
        }

        VersionEntry? found = version == 0 ? model.Default ?? model.Versions.LastOrDefault() : model.Versions.FirstOrDefault(entry => entry.Version == version);
        return found switch
        {
            null => Outcome.Fail(StatusCode.ModelVersionMissing, VersionDetail(model, versionText)),
            { State: ServableState.Available } => (model, found),
            { State: ServableState.Start or ServableState.Loading } => Outcome.Fail(StatusCode.ModelVersionNotLoadedYet),
            _ => Outcome.Fail(StatusCode.ModelVersionNotLoadedAnymore),
        };
    }

    /// <summary>A model's rows, or the one of a version, whatever their states.</summary>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">Digits; empty or "0" = all versions.</param>
    public Outcome<ImmutableArray<VersionEntry>> VersionsOf(string name, string versionText)
    {
        if (!_byName.TryGetValue(name, out ModelEntry? model))
        {
            return Outcome.Fail(StatusCode.ModelNameMissing, NameDetail(name));
        }

        if (versionText is "" or "0")
        {
            return model.Versions;
        }

        if (!long.TryParse(versionText, NumberStyles.None, CultureInfo.InvariantCulture, out long version))
        {
            return Outcome.Fail(StatusCode.ModelVersionInvalidFormat, $"Expected: a number; Actual: {Shown.Bounded(versionText)}");
        }

        return model.Versions.FirstOrDefault(entry => entry.Version == version) is { } found
            ? ImmutableArray.Create(found)
            : Outcome.Fail(StatusCode.ModelVersionMissing, VersionDetail(model, versionText));
    }

    private static string VersionDetail(ModelEntry model, string versionText)
    {
        string there = string.Join(", ", model.Versions.Where(static entry => entry.State == ServableState.Available).Select(static entry => entry.Version));
        return $"Model: {model.Name}; Requested version: {Shown.Bounded(versionText)}; Available versions: {(there.Length == 0 ? "none" : there)}";
    }

    private string NameDetail(string name)
    {
        const int Listed = 10;
        ImmutableArray<string> names = [.. _byName.Keys.Order(StringComparer.Ordinal)];
        string served = names.Length == 0 ? "none" : string.Join(", ", names.Take(Listed)) + (names.Length > Listed ? $" and {names.Length - Listed} more" : "");
        return $"Requested: {Shown.Bounded(name)}; Served models: {served}";
    }
}
