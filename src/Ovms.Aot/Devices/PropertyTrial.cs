using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// Sets a property on a device of an engine of its own, which then ends. Plugins take more than they list: CPU_RUNTIME_CACHE_CAPACITY is
/// in no list of the CPU's, and it is taken. What the plugin itself refuses is no property of it, or not with this value.
/// </summary>
internal static class PropertyTrial
{
    /// <summary>Tries a property.</summary>
    /// <param name="pluginsXml">Where the devices' plugins are registered; null for OpenVINO's own.</param>
    /// <param name="device">A device, no mode: modes take anything in silence.</param>
    /// <param name="property">Key and value; never a pointer, which the plugin would follow.</param>
    /// <returns>Null where the device takes it; else what OpenVINO says.</returns>
    public static string? WhyRefused(string? pluginsXml, string device, DeviceProperty property)
    {
        try
        {
            using Core core = new(pluginsXml);

            // Loads the plugin: without it OpenVINO only notes the property down.
            core.GetProperty(device, "SUPPORTED_PROPERTIES");
            core.SetProperties(device, [new(property.Key, property.Value)]);
            return null;
        }
        catch (OpenVinoException refused)
        {
            return refused.Said;
        }
    }
}
