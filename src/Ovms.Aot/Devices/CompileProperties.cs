using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>What goes to OpenVINO with the model: the checked configuration, its defaults, and the form each mode takes it in.</summary>
/// <param name="Properties">Keys and values, each key once.</param>
/// <param name="Warnings">What the operator should know of them.</param>
internal sealed record CompileProperties(IReadOnlyList<KeyValuePair<string, string>> Properties, IReadOnlyList<string> Warnings)
{
    private const string Streams = "NUM_STREAMS";

    private const string Hint = "PERFORMANCE_HINT";

    /// <summary>Works them out. Pure.</summary>
    /// <param name="target">What is compiled for.</param>
    /// <param name="config">What was given.</param>
    /// <param name="cpu">What the CPU is told beside it, and nobody warns of; null for nothing.</param>
    public static Outcome<CompileProperties> Make(TargetDevice target, PluginConfig config, CpuPlan? cpu = null)
    {
        // One device needs no sections. BATCH refuses them and hands flat keys on; and a flat value may hold any character.
        bool isFlat = target.Mode is DeviceMode.Single or DeviceMode.Batch;
        List<DeviceProperty> flat = [.. config.Properties];
        if (isFlat)
        {
            // The section that names the very device last, so that GPU.1 overrules GPU.
            foreach (DeviceProperty property in config.Sections.OrderBy(static section => section.Device.Ordinal is not null).SelectMany(static section => section.Properties))
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

            flat.Add(new DeviceProperty("DEVICE_PROPERTIES", text.Value));
        }

        return new CompileProperties([.. flat.Select(static property => KeyValuePair.Create(property.Key, property.Value))], warnings);
    }

    private static string? WarnOfStreamsAndHint(List<DeviceProperty> flat, ImmutableArray<DeviceSection> sections)
    {
        IEnumerable<DeviceProperty> together = sections.Select(static section => section.Properties.AsEnumerable()).Prepend(flat).Select(Conflict).FirstOrDefault(static pair => pair.Length > 0) ?? [];
        return together.ToArray() is [{ } streams, { } hint]
            ? $"plugin_config: {streams} and {hint} are both given; the streams win, and the hint only sets what they leave open. Give one of them"
            : null;

        static DeviceProperty[] Conflict(IEnumerable<DeviceProperty> properties)
        {
            DeviceProperty[] found = [.. properties.Where(static property => property.Key is Streams or Hint).OrderBy(static property => property.Key, StringComparer.Ordinal)];
            return found.Length == 2 ? found : [];
        }
    }

    /// <summary>OpenVINO's own form, <c>{CPU:{NUM_STREAMS:2}}</c>: it takes JSON too, and ignores it. The form knows no escapes.</summary>
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
                        $"plugin_config: DEVICE_PROPERTIES.{section.Device}.{property.Key} cannot be \"{property.Value}\"; OpenVINO takes no braces, commas or outer spaces in a value there");
                }
            }
        }

        return $"{{{string.Join(',', sections.Select(static section => $"{section.Device}:{{{string.Join(',', section.Properties.Select(static property => $"{property.Key}:{property.Value}"))}}}"))}}}";
    }
}
