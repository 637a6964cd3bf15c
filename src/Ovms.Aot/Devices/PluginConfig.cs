using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>One property as text, in OpenVINO's form.</summary>
internal readonly record struct DeviceProperty(string Key, string Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}={Value}";
}

/// <summary>The properties of one device, from DEVICE_PROPERTIES.</summary>
internal sealed record DeviceSection(DeviceName Device, ImmutableArray<DeviceProperty> Properties);

/// <summary>
/// The parsed --plugin_config: properties for all devices, and for single ones. Old names are already translated.
/// <see cref="PropertyCheck"/> checks names and values against the devices.
/// </summary>
/// <param name="Properties">Properties for all devices that run the model, in the order given.</param>
/// <param name="Sections">DEVICE_PROPERTIES, without empty ones.</param>
/// <param name="Warnings">Warnings about translated names.</param>
internal sealed record PluginConfig(
    ImmutableArray<DeviceProperty> Properties, ImmutableArray<DeviceSection> Sections, ImmutableArray<string> Warnings)
{
    /// <summary>No properties.</summary>
    public static PluginConfig Empty { get; } = new([], [], []);

    /// <summary>Reads a JSON object of strings, numbers, booleans and nested DEVICE_PROPERTIES; empty text is an empty object.</summary>
    /// <returns>
    /// The properties; <see cref="StatusCode.PluginConfigWrongFormat"/> if the text has another form;
    /// <see cref="StatusCode.PluginConfigConflictingParameters"/> if a property is given twice, also under an old and a new name.
    /// </returns>
    public static Outcome<PluginConfig> Parse(string json) => PluginConfigReader.Read(json);

    /// <summary>All properties in one line, for messages: <c>NUM_STREAMS=2, CPU: PERF_COUNT=YES</c>.</summary>
    public override string ToString() => string.Join(
        ", ",
        [
            .. Properties.Select(static property => property.ToString()),
            .. Sections.Select(static section => $"{section.Device}: {string.Join(", ", section.Properties)}"),
        ]);
}
