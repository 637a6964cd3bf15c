using System.Collections.Immutable;
using System.Xml;
using Ovms.Disk;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>The existing device names: OpenVINO's own, and those that a plugins.xml registers. A known name may have no device.</summary>
/// <param name="Names">Names of plugins, without modes.</param>
/// <param name="PluginsXml">The file that registers some of them; null if there are only OpenVINO's own.</param>
internal sealed record KnownDevices(ImmutableArray<string> Names, string? PluginsXml = null)
{
    /// <summary>The plugins that OpenVINO always registers, also with a plugins.xml.</summary>
    public static KnownDevices BuiltIn { get; } = new(["CPU", "GPU", "NPU"]);

    /// <summary>The built-in names and those of <c>&lt;plugin name="…"&gt;</c> in a file.</summary>
    public static Outcome<KnownDevices> Read(string pluginsXml)
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(pluginsXml);
            using XmlReader reader = XmlReader.Create(
                file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = 1 << 20 });
            List<string> names = [.. BuiltIn.Names];
            while (reader.ReadToFollowing("plugin"))
            {
                if (reader.GetAttribute("name") is { Length: > 0 } name && !DeviceModes.IsPrefix(name))
                {
                    names.Add(name);
                }
            }

            return new KnownDevices([.. names.Distinct()], pluginsXml);
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            return Outcome.Fail(
                StatusCode.FileInvalid,
                $"{pluginsXml} is not a readable plugins.xml, which is an XML file with <plugin name=\"…\" location=\"…\"/> elements: "
                    + $"{e.Message}");
        }
    }

    /// <summary>Whether every name in a device string is known.</summary>
    /// <returns>Ok, or <see cref="StatusCode.TargetDeviceNotAvailable"/> with the first unknown name and a suggestion.</returns>
    public Outcome Check(TargetDevice target)
    {
        foreach (DeviceName device in target.AllNames)
        {
            if (!Names.Contains(device.Type))
            {
                return Outcome.Fail(StatusCode.TargetDeviceNotAvailable, $"{Subject(target, device)} {TargetDeviceParser.Forms}");
            }

            if (device is { Type: "CPU", Ordinal: not null })
            {
                return Outcome.Fail(
                    StatusCode.TargetDeviceNotAvailable,
                    $"{device} was requested, but there is only one CPU device and it has no number: write CPU");
            }
        }

        return Outcome.Ok;
    }

    private string Subject(TargetDevice target, DeviceName unknown)
    {
        string where = target.Mode == DeviceMode.Single ? "" : $" in {target}";
        string known = $"\"{unknown.Type}\"{where} is not a known device; known: {string.Join(", ", Names)}";
        return Names.FirstOrDefault(name => name.Equals(unknown.Type, StringComparison.OrdinalIgnoreCase)) is { } cased
            ? $"{known}. Names are case-sensitive: did you mean {cased}?"
            : NearestName.Of(unknown.Type, [.. Names, .. DeviceModes.Prefixes.Select(static prefix => prefix.Name)]) is { } near
            ? $"{known}. Did you mean {near}?"
            : $"{known}.";
    }
}
