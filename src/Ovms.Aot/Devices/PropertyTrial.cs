using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// Sets a property on a device in a temporary core. Plugins accept more than they list; the CPU plugin accepts the unlisted
/// CPU_RUNTIME_CACHE_CAPACITY, for example. If the plugin rejects it, the property does not exist, or not with this value.
/// </summary>
internal static class PropertyTrial
{
    /// <summary>Tries a property.</summary>
    /// <param name="pluginsXml">The file that registers the devices' plugins; null for OpenVINO's own.</param>
    /// <param name="device">A device, not a mode: modes silently accept anything.</param>
    /// <param name="property">Key and value; never a pointer, which the plugin would dereference.</param>
    /// <returns>Null if the device accepts it; else OpenVINO's message.</returns>
    public static string? WhyRefused(string? pluginsXml, string device, DeviceProperty property)
    {
        try
        {
            using Core core = new(pluginsXml);

            // Loads the plugin: until then OpenVINO only stores the property.
            core.GetProperty(device, "SUPPORTED_PROPERTIES");

            // Without a device the GPU plugin accepts every key, where the OpenCL loader is installed and it can be loaded at all.
            if (device is "GPU" or "NPU" && core.GetProperty(device, "AVAILABLE_DEVICES").Trim().Length == 0)
            {
                return $"no {device} is present";
            }

            core.SetProperties(device, [new(property.Key, property.Value)]);
            return null;
        }
        catch (OpenVinoException refused)
        {
            return refused.Said;
        }
    }
}
