using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>Reads the JSON of --plugin_config.</summary>
internal sealed class PluginConfigReader
{
    private const string SectionsKey = "DEVICE_PROPERTIES";

    private const string Example = "expected is a JSON object such as "
        + "{\"NUM_STREAMS\": 2, \"ENABLE_CPU_PINNING\": true, \"DEVICE_PROPERTIES\": {\"CPU\": {\"INFERENCE_NUM_THREADS\": 4}}}";

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 8 };

    private readonly List<string> _warnings = [];

    private readonly List<DeviceSection> _sections = [];

    private bool _hasSections;

    /// <inheritdoc cref="PluginConfig.Parse"/>
    public static Outcome<PluginConfig> Read(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return PluginConfig.Empty;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new PluginConfigReader().ReadRoot(document.RootElement)
                : Wrong($"the text is {KindOf(document.RootElement)}; {Example}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape such as \ud800 that is not a character.
            return Wrong($"the text is not JSON ({e.Message}); {Example}");
        }
    }

    private Outcome<PluginConfig> ReadRoot(JsonElement root)
    {
        Outcome<ImmutableArray<DeviceProperty>> properties = ReadProperties(root, "");
        return properties.IsOk ? new PluginConfig(properties.Value, [.. _sections], [.. _warnings]) : properties.WithoutValue;
    }

    private Outcome<ImmutableArray<DeviceProperty>> ReadProperties(JsonElement owner, string where)
    {
        // Per property: the name it was given under, which may be an old one.
        Dictionary<string, string> givenAs = [];
        ImmutableArray<DeviceProperty>.Builder properties = ImmutableArray.CreateBuilder<DeviceProperty>();
        foreach (JsonProperty member in owner.EnumerateObject())
        {
            if (member.Name == SectionsKey && where.Length == 0)
            {
                Outcome read = ReadSectionsOnce(member.Value);
                if (!read.IsOk)
                {
                    return read;
                }

                continue;
            }

            if (TextOf(member.Value) is not { } text)
            {
                return Wrong(
                    $"{where}{member.Name} is {KindOf(member.Value)}; a property is a string, a number or a boolean"
                        + $"{(member.Value.ValueKind == JsonValueKind.Object ? $", and only {SectionsKey} holds objects" : "")}");
            }

            if (text.Contains('\0') || member.Name.Contains('\0'))
            {
                return Wrong(
                    $"{where}{member.Name.Replace("\0", "\\u0000", StringComparison.Ordinal)} holds a NUL character, "
                        + "which OpenVINO cannot take");
            }

            DeviceProperty property = LegacyProperties.Translate(new DeviceProperty(member.Name, text), where, _warnings);
            if (!givenAs.TryAdd(property.Key, member.Name))
            {
                string twice = givenAs[property.Key] == member.Name
                    ? $"{where}{member.Name} is given twice"
                    : $"{where}{givenAs[property.Key]} and {where}{member.Name} both set {property.Key}";
                return Outcome.Fail(StatusCode.PluginConfigConflictingParameters, $"{twice}; give it once");
            }

            properties.Add(property);
        }

        return properties.ToImmutable();
    }

    private Outcome ReadSectionsOnce(JsonElement value)
    {
        if (_hasSections)
        {
            return Outcome.Fail(StatusCode.PluginConfigConflictingParameters, $"{SectionsKey} is given twice; give it once");
        }

        _hasSections = true;
        if (value.ValueKind != JsonValueKind.String)
        {
            return ReadSections(value);
        }

        // Some clients of the original send the object as a string.
        try
        {
            using JsonDocument inner = JsonDocument.Parse(value.GetString()!, s_options);
            return ReadSections(inner.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Wrong($"{SectionsKey} is a string that is not JSON ({e.Message}); {Example}");
        }
    }

    private Outcome ReadSections(JsonElement sections)
    {
        if (sections.ValueKind != JsonValueKind.Object)
        {
            return Wrong($"{SectionsKey} is {KindOf(sections)}; {Example}");
        }

        foreach (JsonProperty member in sections.EnumerateObject())
        {
            if (!DeviceName.TryParse(member.Name, out DeviceName device))
            {
                return Wrong($"{SectionsKey} names \"{member.Name}\", which is not a device name such as CPU or GPU.1");
            }

            if (member.Value.ValueKind != JsonValueKind.Object)
            {
                return Wrong($"{SectionsKey}.{member.Name} is {KindOf(member.Value)}; expected is an object of that device's properties");
            }

            if (_sections.Any(section => section.Device == device))
            {
                return Outcome.Fail(
                    StatusCode.PluginConfigConflictingParameters, $"{SectionsKey}.{member.Name} is given twice; give it once");
            }

            Outcome<ImmutableArray<DeviceProperty>> properties = ReadProperties(member.Value, $"{SectionsKey}.{member.Name}.");
            if (!properties.IsOk)
            {
                return properties.WithoutValue;
            }

            // OpenVINO hangs when it reads an empty section.
            if (properties.Value.Length > 0)
            {
                _sections.Add(new DeviceSection(device, properties.Value));
            }
        }

        return Outcome.Ok;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "YES",
        JsonValueKind.False => "NO",
        _ => null,
    };

    private static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => "a boolean",
    };

    private static Outcome Wrong(string what) => Outcome.Fail(StatusCode.PluginConfigWrongFormat, what);
}
