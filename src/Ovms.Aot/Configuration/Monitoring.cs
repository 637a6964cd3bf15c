using System.Collections.Immutable;

namespace Ovms.Configuration;

/// <summary>The section monitoring of a configuration file. Heeded once, when the process starts.</summary>
/// <param name="IsEnabled">Whether anything is counted.</param>
/// <param name="Families">Names of the families wanted; empty = the default ones.</param>
internal sealed record Monitoring(bool IsEnabled, ImmutableArray<string> Families)
{
    /// <summary>Its key.</summary>
    public const string Key = "monitoring";

    private const string Metrics = "metrics";
    private const string Enable = "enable";
    private const string List = "metrics_list";

    /// <summary>Reads the section; to be used only when nothing was found wrong.</summary>
    public static Monitoring Read(ConfigNode section)
    {
        if (!section.Members([Metrics], Metrics).TryGetValue(Metrics, out ConfigNode metrics))
        {
            return new Monitoring(false, []);
        }

        IReadOnlyDictionary<string, ConfigNode> members = metrics.Members([Enable, List], Enable);
        bool isEnabled = members.TryGetValue(Enable, out ConfigNode enable) && (enable.AsFlag() ?? false);
        return new Monitoring(isEnabled, members.TryGetValue(List, out ConfigNode list) ? [.. list.Items().Select(static item => item.AsText())] : []);
    }
}
