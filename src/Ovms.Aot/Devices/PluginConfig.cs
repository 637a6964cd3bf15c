using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>One property as text, the way OpenVINO takes it.</summary>
internal readonly record struct DeviceProperty(string Key, string Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}={Value}";
}

/// <summary>The properties of one device, from DEVICE_PROPERTIES.</summary>
internal sealed record DeviceSection(DeviceName Device, ImmutableArray<DeviceProperty> Properties);

/// <summary>
/// --plugin_config, read: properties for all devices, and for single ones. Old names are translated already; whether the
/// names and values are good for the devices is <see cref="PropertyCheck"/>'s to say.
/// </summary>
/// <param name="Properties">Properties for whatever devices run the model, in the order given.</param>
/// <param name="Sections">DEVICE_PROPERTIES, without empty ones.</param>
/// <param name="Warnings">What was translated.</param>
internal sealed record PluginConfig(ImmutableArray<DeviceProperty> Properties, ImmutableArray<DeviceSection> Sections, ImmutableArray<string> Warnings)
{
    /// <summary>No properties.</summary>
    public static PluginConfig Empty { get; } = new([], [], []);

    /// <summary>Reads a JSON object of strings, numbers, booleans and nested DEVICE_PROPERTIES; empty text is an empty object.</summary>
    /// <returns>
    /// The properties; <see cref="StatusCode.PluginConfigWrongFormat"/> when the text is another thing;
    /// <see cref="StatusCode.PluginConfigConflictingParameters"/> when a property is given twice, be it under an old and a new name.
    /// </returns>
    public static Outcome<PluginConfig> Parse(string json) => PluginConfigReader.Read(json);

    /// <summary>All as one line for messages: <c>NUM_STREAMS=2, CPU: PERF_COUNT=YES</c>.</summary>
    public override string ToString() => string.Join(
        ", ", [.. Properties.Select(static property => property.ToString()), .. Sections.Select(static section => $"{section.Device}: {string.Join(", ", section.Properties)}")]);
}
