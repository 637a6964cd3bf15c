using System.Collections.Frozen;
using System.Security;
using System.Text.Json;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Repository;

/// <summary>Names that callers use for a model's inputs and outputs, from mapping_config.json beside its files.</summary>
/// <param name="Inputs">The model's own name → the name callers use.</param>
/// <param name="Outputs">The same for outputs.</param>
internal sealed record NameMapping(FrozenDictionary<string, string> Inputs, FrozenDictionary<string, string> Outputs)
{
    /// <summary>File name of the mapping.</summary>
    public const string FileName = "mapping_config.json";

    private const int MaxBytes = 1 << 20;
    private const string Form = """expected {"inputs": {"model's name": "name to serve"}, "outputs": {…}}""";

    /// <summary>The empty mapping.</summary>
    public static NameMapping None { get; } = new(FrozenDictionary<string, string>.Empty, FrozenDictionary<string, string>.Empty);

    /// <summary>Reads a version's mapping.</summary>
    /// <param name="versionPath">The version's folder or its single file; absolute.</param>
    /// <returns>The mapping, <see cref="None"/> without a file, or the fault in the file.</returns>
    public static Outcome<NameMapping> Read(string versionPath)
    {
        string file = Path.Combine(Directory.Exists(versionPath) ? versionPath : Path.GetDirectoryName(versionPath)!, FileName);
        try
        {
            if (new FileInfo(file) is not { Exists: true } info)
            {
                return None;
            }

            return info.Length <= MaxBytes ? Parse(file) : Fault(file, $"has {info.Length} bytes; more than {MaxBytes} are not read");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return Fault(file, $"is no JSON of this form ({failure.Message.TrimEnd('.')})");
        }
        catch (NotRegularFileException failure)
        {
            return Outcome.Fail(StatusCode.FileInvalid, failure.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SecurityException)
        {
            return Fault(file, $"cannot be read ({failure.Message.TrimEnd('.')})");
        }
    }

    private static Outcome<NameMapping> Parse(string file)
    {
        JsonDocumentOptions options = new() { MaxDepth = 4, AllowDuplicateProperties = false };
        using JsonDocument document = JsonDocument.Parse(ByteOrderMark.Skip(RegularFile.ReadAllBytes(file)), options);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return Fault(file, $"holds {Shown.Bounded(document.RootElement.GetRawText())}");
        }

        NameMapping mapping = None;
        foreach (JsonProperty side in document.RootElement.EnumerateObject())
        {
            if (side.Name is not ("inputs" or "outputs"))
            {
                return Fault(file, $"has the key {Shown.Bounded(side.Name)}");
            }

            Outcome<FrozenDictionary<string, string>> names = ReadSide(file, side);
            if (!names.IsOk)
            {
                return names.WithoutValue;
            }

            mapping = side.Name == "inputs" ? mapping with { Inputs = names.Value } : mapping with { Outputs = names.Value };
        }

        return mapping;
    }

    private static Outcome<FrozenDictionary<string, string>> ReadSide(string file, JsonProperty side)
    {
        if (side.Value.ValueKind != JsonValueKind.Object)
        {
            return Fault(file, $"has {side.Name}: {Shown.Bounded(side.Value.GetRawText())}");
        }

        Dictionary<string, string> names = [];
        Dictionary<string, string> taken = [];
        foreach (JsonProperty pair in side.Value.EnumerateObject())
        {
            if (pair.Value.ValueKind != JsonValueKind.String || pair.Value.GetString() is not { Length: > 0 } exposed)
            {
                string value = Shown.Bounded(pair.Value.GetRawText());
                return Fault(file, $"has {side.Name}.{Shown.Bounded(pair.Name)}: {value}, which is no name");
            }

            if (!taken.TryAdd(exposed, pair.Name))
            {
                return Fault(file, $"gives the {side.Name} {taken[exposed]} and {pair.Name} the same name, {exposed}");
            }

            names.Add(pair.Name, exposed);
        }

        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static Outcome Fault(string file, string what) => Outcome.Fail(StatusCode.MappingInvalid, $"{file} {what}; {Form}.");
}
