using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Status;

namespace Ovms.Repository;

/// <summary>Selects the versions to serve: the latest few, all, or the named ones. A pure decision.</summary>
internal sealed class VersionPolicy
{
    private const string Forms = """the forms are {"latest":{"num_versions":1}}, {"all":{}} and {"specific":{"versions":[1,2]}}""";

    private readonly int? _latest;
    private readonly ImmutableArray<long> _specific;

    private VersionPolicy(int? latest, ImmutableArray<long> specific)
    {
        _latest = latest;
        _specific = specific;
    }

    /// <summary>The highest version.</summary>
    public static VersionPolicy Default { get; } = Latest(1);

    /// <summary>Whether one version is served at most, so that another one takes its place.</summary>
    public bool IsSingle => _latest == 1 || _specific is { IsDefault: false, Length: 1 };

    /// <summary>Every version.</summary>
    public static VersionPolicy All { get; } = new(null, default);

    /// <summary>The highest versions.</summary>
    public static VersionPolicy Latest(int count) => new(count, default);

    /// <summary>The given versions, as far as they exist.</summary>
    public static VersionPolicy Specific(params IEnumerable<long> versions) => new(null, [.. versions.Distinct().Order()]);

    /// <summary>Parses the JSON form of the command line and of configuration files.</summary>
    public static Outcome<VersionPolicy> Parse(string json)
    {
        try
        {
            JsonDocumentOptions options = new() { MaxDepth = 8, AllowDuplicateProperties = false };
            using JsonDocument document = JsonDocument.Parse(json, options);
            return Read(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return Wrong($"this is not JSON ({failure.Message.TrimEnd('.')}): {json}");
        }
    }

    /// <summary>The versions to serve.</summary>
    /// <param name="available">Existing versions, in any order.</param>
    /// <returns>Ascending; versions of a specific policy that do not exist are omitted.</returns>
    public ImmutableArray<long> Select(IEnumerable<long> available) => Select(available, static _ => true);

    /// <summary>The versions to serve when some cannot be loaded at present.</summary>
    /// <param name="available">Existing versions, in any order.</param>
    /// <param name="counts">Whether a version is or can be served. If not, a latest policy takes the next older version.</param>
    /// <returns>Ascending; includes versions that do not count, since they are still wanted.</returns>
    public ImmutableArray<long> Select(IEnumerable<long> available, Func<long, bool> counts)
    {
        IEnumerable<long> ascending = available.Distinct().Order();
        return this switch
        {
            { _latest: { } count } => Latest([.. ascending], count, counts),
            { _specific.IsDefault: false } => [.. ascending.Where(version => _specific.Contains(version))],
            _ => [.. ascending],
        };
    }

    /// <summary>The versions that a specific policy names and that do not exist; ascending.</summary>
    public ImmutableArray<long> Missing(IEnumerable<long> available) => _specific.IsDefault ? [] : [.. _specific.Except(available)];

    /// <summary>The sentence about missing versions, for the log and for <c>ovms check</c>.</summary>
    public static string Describe(string model, IEnumerable<long> missing) =>
        $"Model {model}: the version policy names versions that do not exist: "
            + $"{Listing.Of([.. missing.Select(static version => $"{version}")])}. They are served when they appear";

    /// <summary>The JSON form of this policy.</summary>
    public override string ToString() => this switch
    {
        { _latest: { } count } => $$$"""{"latest":{"num_versions":{{{count}}}}}""",
        { _specific.IsDefault: false } => $$$"""{"specific":{"versions":[{{{string.Join(',', _specific)}}}]}}""",
        _ => """{"all":{}}""",
    };

    private static ImmutableArray<long> Latest(ImmutableArray<long> ascending, int count, Func<long, bool> counts)
    {
        int first = ascending.Length;
        for (int counted = 0; first > 0 && counted < count; first--)
        {
            counted += counts(ascending[first - 1]) ? 1 : 0;
        }

        return ascending[first..];
    }

    private static Outcome<VersionPolicy> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || root.GetPropertyCount() != 1)
        {
            return Wrong($"Expected: an object with one key; Actual: {root.GetRawText()}");
        }

        JsonProperty policy = root.EnumerateObject().Single();
        return policy.Name switch
        {
            "latest" => ReadLatest(policy.Value),
            "all" => ReadAll(policy.Value),
            "specific" => ReadSpecific(policy.Value),
            _ => Outcome.Fail(StatusCode.ModelVersionPolicyUnsupportedKey, $"{policy.Name}; {Forms}."),
        };
    }

    private static Outcome<VersionPolicy> ReadAll(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 0
            ? All
            : Wrong($"\"all\" - Expected: an empty object; Actual: {value.GetRawText()}");

    private static Outcome<VersionPolicy> ReadLatest(JsonElement value) =>
        TryGetOnly(value, "num_versions", out JsonElement number)
        && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int count) && count >= 1
            ? Latest(count)
            : Wrong(
                $"\"latest\" - Expected: an object with num_versions, a whole number from 1 to {int.MaxValue}; "
                    + $"Actual: {value.GetRawText()}");

    private static Outcome<VersionPolicy> ReadSpecific(JsonElement value)
    {
        if (!TryGetOnly(value, "versions", out JsonElement list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            return Wrong(
                $"\"specific\" - Expected: an object with versions, an array of at least one version; Actual: {value.GetRawText()}");
        }

        List<long> versions = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out long version) || version < 1)
            {
                return Wrong($"Expected: versions that are whole numbers from 1; Actual: {item.GetRawText()}");
            }

            versions.Add(version);
        }

        return Specific(versions);
    }

    private static bool TryGetOnly(JsonElement value, string name, out JsonElement property)
    {
        property = default;
        return value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 1 && value.TryGetProperty(name, out property);
    }

    private static Outcome<VersionPolicy> Wrong(string why) => Outcome.Fail(StatusCode.ModelVersionPolicyWrongFormat, $"{why}; {Forms}.");
}
