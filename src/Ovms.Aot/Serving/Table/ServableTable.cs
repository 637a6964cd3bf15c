using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>An immutable snapshot of everything that is served.</summary>
/// <param name="models">The models; their names are unique.</param>
internal sealed class ServableTable(IEnumerable<ModelEntry> models)
{
    private readonly FrozenDictionary<string, ModelEntry> _byName =
        models.ToFrozenDictionary(static model => model.Name, StringComparer.Ordinal);

    /// <summary>The table before the configuration is known.</summary>
    public static ServableTable Empty { get; } = new([]);

    /// <summary>All models.</summary>
    public ImmutableArray<ModelEntry> Models => _byName.Values;

    /// <summary>
    /// Whether every configured model has an available version, and no available version's calls are refused because its device fails. True
    /// if no model is configured, but false before the configuration is known.
    /// </summary>
    public bool AllReady => this != Empty && _byName.Values.All(static model => model.IsRetired
        || (model.Default is not null && model.Versions.All(static entry => entry.IsReady || entry.Servable is null)));

    /// <summary>Whether any model has an available version that takes calls.</summary>
    public bool AnyReady => _byName.Values.Any(static model => model.Versions.Any(static entry => entry.IsReady));

    /// <summary>Whether any model has an available version.</summary>
    public bool AnyAvailable => _byName.Values.Any(static model => model.Default is not null);

    /// <summary>A model's row; null if the name is unknown.</summary>
    public ModelEntry? FindModel(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Finds a model's row by name, and its version's row by the version as the caller wrote it.</summary>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">Digits; empty or "0" = the default version.</param>
    /// <returns>The rows. Or a failure: unknown name, malformed version, unknown version, not loaded yet, or unloaded.</returns>
    public Outcome<(ModelEntry Model, VersionEntry Version)> Find(string name, string versionText)
    {
        if (!_byName.TryGetValue(name, out ModelEntry? model))
        {
            return Unknown(name);
        }

        long version = 0;
        if (versionText.Length > 0 && (!long.TryParse(versionText, NumberStyles.None, CultureInfo.InvariantCulture, out version)))
        {
            return Outcome.Fail(StatusCode.ModelVersionInvalidFormat, $"Expected: a number; Actual: {Shown.Bounded(versionText)}");
        }

        if (model.Versions.IsEmpty)
        {
            return NotLoadedYet(model, model.Reason);
        }

        VersionEntry? found = version == 0 || model.IsComposed ? model.Default ?? model.Versions.LastOrDefault() : model.Find(version);
        return found switch
        {
            null => Outcome.Fail(StatusCode.ModelVersionMissing, VersionDetail(model, versionText)),
            { State: ServableState.Available } => (model, found),
            { State: ServableState.Start or ServableState.Loading } => NotLoadedYet(model, found.Reason ?? model.Reason),
            _ => Outcome.Fail(
                model.IsGraph ? StatusCode.GraphRetired
                    : model.IsComposed ? StatusCode.PipelineRetired : StatusCode.ModelVersionNotLoadedAnymore),
        };
    }

    /// <summary>A model's rows, or one version's row, in any state.</summary>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">Digits; empty or "0" = all versions.</param>
    public Outcome<ImmutableArray<VersionEntry>> VersionsOf(string name, string versionText)
    {
        if (!_byName.TryGetValue(name, out ModelEntry? model))
        {
            return Unknown(name);
        }

        if (versionText is "" or "0" || model.IsComposed)
        {
            return model.Versions;
        }

        if (!long.TryParse(versionText, NumberStyles.None, CultureInfo.InvariantCulture, out long version))
        {
            return Outcome.Fail(StatusCode.ModelVersionInvalidFormat, $"Expected: a number; Actual: {Shown.Bounded(versionText)}");
        }

        return model.Find(version) is { } found
            ? ImmutableArray.Create(found)
            : Outcome.Fail(StatusCode.ModelVersionMissing, VersionDetail(model, versionText));
    }

    // A caller of a model that failed to load would wait in vain if told only that it is not loaded yet.
    private static Outcome NotLoadedYet(ModelEntry model, string? reason) => Outcome.Fail(
        model.IsGraph ? StatusCode.GraphNotLoadedYet
            : model.IsComposed ? StatusCode.PipelineNotLoadedYet : StatusCode.ModelVersionNotLoadedYet,
        reason is null ? null : $"the last attempt failed: {EngineText.WithoutAdvice(reason)}");

    private static string VersionDetail(ModelEntry model, string versionText)
    {
        IEnumerable<long> available = model.Versions
            .Where(static entry => entry.State == ServableState.Available)
            .Select(static entry => entry.Version);
        string there = string.Join(", ", available);
        return $"Model: {model.Name}; Requested version: {Shown.Bounded(versionText)}; "
            + $"Available versions: {(there.Length == 0 ? "none" : there)}";
    }

    private Outcome Unknown(string name) => Outcome.Fail(StatusCode.ModelNameMissing, NameDetail(name));

    private string NameDetail(string name)
    {
        const int Listed = 10;
        ImmutableArray<string> names =
        [
            .. _byName.Values.Where(static model => !model.IsRetired).Select(static model => model.Name).Order(StringComparer.Ordinal),
        ];
        string more = names.Length > Listed ? $" and {names.Length - Listed} more" : "";
        string served = names.Length == 0 ? "none" : string.Join(", ", names.Take(Listed)) + more;
        return $"Requested: {Shown.Bounded(name)}; Served models: {served}";
    }
}
