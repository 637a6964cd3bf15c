namespace Ovms.Devices;

/// <summary>How the devices of a device string work together.</summary>
internal enum DeviceMode
{
    /// <summary>One device: <c>CPU</c>, <c>GPU.1</c>.</summary>
    Single,

    /// <summary>The best device of a list, or of all; another if it fails: <c>AUTO</c>, <c>AUTO:GPU,CPU</c>.</summary>
    Auto,

    /// <summary>One model split across devices; the first runs all it supports: <c>HETERO:GPU,CPU</c>.</summary>
    Hetero,

    /// <summary>Calls distributed across devices: <c>MULTI:GPU,CPU</c>.</summary>
    Multi,

    /// <summary>Calls combined into batches on one device: <c>BATCH:GPU(16)</c>.</summary>
    Batch,
}

/// <summary>The names of the modes in device strings.</summary>
internal static class DeviceModes
{
    /// <summary>Every mode that is written as a prefix.</summary>
    public static IReadOnlyList<(string Name, DeviceMode Mode)> Prefixes { get; } =
        [("AUTO", DeviceMode.Auto), ("HETERO", DeviceMode.Hetero), ("MULTI", DeviceMode.Multi), ("BATCH", DeviceMode.Batch)];

    /// <summary>The prefix of a mode, which is also the name of its plugin; null for <see cref="DeviceMode.Single"/>.</summary>
    public static string? Name(this DeviceMode mode) => mode switch
    {
        DeviceMode.Auto => "AUTO",
        DeviceMode.Hetero => "HETERO",
        DeviceMode.Multi => "MULTI",
        DeviceMode.Batch => "BATCH",
        _ => null,
    };

    /// <summary>Whether the name is a mode's; devices cannot have it.</summary>
    public static bool IsPrefix(string name) => Prefixes.Any(prefix => prefix.Name == name);
}
