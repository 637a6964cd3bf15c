using System.Collections.Immutable;

namespace Ovms.Devices;

/// <summary>A device and the properties with which a model is compiled for it.</summary>
/// <param name="Device">The device in OpenVINO's form.</param>
/// <param name="Properties">The properties.</param>
/// <param name="Warnings">Warnings for the log.</param>
internal sealed record DevicePlace(
    string Device, IReadOnlyList<KeyValuePair<string, string>> Properties, ImmutableArray<string> Warnings);
