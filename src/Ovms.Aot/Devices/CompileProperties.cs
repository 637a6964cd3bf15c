using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>
/// The properties passed to OpenVINO with the model: the checked configuration and defaults, in the form that the device mode accepts.
/// </summary>
/// <param name="Properties">Keys and values; keys are unique.</param>
/// <param name="Warnings">Warnings for the log.</param>
internal sealed record CompileProperties(IReadOnlyList<KeyValuePair<string, string>> Properties, IReadOnlyList<string> Warnings)
{
    /// <summary>The property that holds those of single devices.</summary>
    public const string SectionsKey = "DEVICE_PROPERTIES";

    private const string Streams = "NUM_STREAMS";

    private const string Hint = "PERFORMANCE_HINT";

    /// <summary>The value of a key; null if it is not given.</summary>
    public string? Find(string key) => Properties.FirstOrDefault(pair => pair.Key == key).Value;

    /// <summary>Builds the properties. Pure.</summary>
    /// <param name="target">The devices to compile for.</param>
    /// <param name="config">The given configuration.</param>
    /// <param name="cpu">Properties for the CPU, exempt from warnings; null for none.</param>
    public static Outcome<CompileProperties> Make(TargetDevice target, PluginConfig config, CpuPlan? cpu = null)
    {
        // One device needs no sections. BATCH rejects sections and passes flat keys on. A flat value may hold any character.
        bool isFlat = target.Mode is DeviceMode.Single or DeviceMode.Batch;
        List<DeviceProperty> flat = [.. config.Properties];
        if (isFlat)
        {
            // The section for the exact device comes last, so that GPU.1 overrides GPU.
            IEnumerable<DeviceProperty> fromSections = config.Sections
                .OrderBy(static section => section.Device.Ordinal is not null)
                .SelectMany(static section => section.Properties);
            foreach (DeviceProperty property in fromSections)
            {
                flat.RemoveAll(other => other.Key == property.Key);
                flat.Add(property);
            }
        }

        List<string> warnings = [.. config.Warnings];
        if (WarnOfStreamsAndHint(flat, isFlat ? [] : config.Sections) is { } warning)
        {
            warnings.Add(warning);
        }

        if (!flat.Any(static property => property.Key is Streams or Hint))
        {
            flat.Add(new DeviceProperty(Hint, "LATENCY"));
        }

        ImmutableArray<DeviceSection> sections = config.Sections;
        if (isFlat)
        {
            flat.AddRange(cpu?.Properties ?? []);
        }
        else if (cpu is { Properties: [_, ..] planned })
        {
            DeviceSection? own = sections.FirstOrDefault(static section => section.Device.Type == "CPU");
            sections = own is null
                ? sections.Add(new DeviceSection(new DeviceName("CPU"), planned))
                : sections.Replace(own, own with { Properties = own.Properties.AddRange(planned) });
        }

        if (!isFlat && sections.Length > 0)
        {
            Outcome<string> text = WriteSections(sections);
            if (!text.IsOk)
            {
                return text.WithoutValue;
            }

            flat.Add(new DeviceProperty(SectionsKey, text.Value));
        }

        return new CompileProperties([.. flat.Select(static property => KeyValuePair.Create(property.Key, property.Value))], warnings);
    }

    private static string? WarnOfStreamsAndHint(List<DeviceProperty> flat, ImmutableArray<DeviceSection> sections)
    {
        IEnumerable<DeviceProperty> together = sections.Select(static section => section.Properties.AsEnumerable())
            .Prepend(flat)
            .Select(Conflict)
            .FirstOrDefault(static pair => pair.Length > 0) ?? [];
        return together.ToArray() is [{ } streams, { } hint]
            ? $"plugin_config: {streams} and {hint} are both given; the streams win, and the hint only sets what they leave open. "
                + "Give one of them"
            : null;

        static DeviceProperty[] Conflict(IEnumerable<DeviceProperty> properties)
        {
            DeviceProperty[] found =
            [
                .. properties.Where(static property => property.Key is Streams or Hint)
                    .OrderBy(static property => property.Key, StringComparer.Ordinal),
            ];
            return found.Length == 2 ? found : [];
        }
    }

    /// <summary>
    /// OpenVINO's own form, <c>{CPU:{NUM_STREAMS:2}}</c>; OpenVINO accepts JSON too but ignores it. The form has no escapes.
    /// </summary>
    private static Outcome<string> WriteSections(ImmutableArray<DeviceSection> sections)
    {
        foreach (DeviceSection section in sections)
        {
            foreach (DeviceProperty property in section.Properties)
            {
                if (property.Value.AsSpan().IndexOfAny("{},") >= 0 || property.Value != property.Value.Trim())
                {
                    return Outcome.Fail(
                        StatusCode.ModelConfigInvalid,
                        $"plugin_config: DEVICE_PROPERTIES.{section.Device}.{property.Key} cannot be \"{property.Value}\"; "
                            + "OpenVINO takes no braces, commas or outer spaces in a value there");
                }
            }
        }

        return $"{{{string.Join(',', sections.Select(WriteSection))}}}";

        static string WriteSection(DeviceSection section) =>
            $"{section.Device}:{{{string.Join(',', section.Properties.Select(static property => $"{property.Key}:{property.Value}"))}}}";
    }
}
