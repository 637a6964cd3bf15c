using System.Collections.Immutable;
using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>The section monitoring of a configuration file. Heeded once, when the process starts.</summary>
/// <param name="IsEnabled">Whether anything is counted.</param>
/// <param name="Families">Names of the families wanted; empty = the default ones.</param>
internal sealed record Monitoring(bool IsEnabled, ImmutableArray<string> Families)
{
    /// <summary>Reads the section; to be used only when nothing was found wrong.</summary>
    public static Monitoring Read(ConfigNode section)
    {
        if (!section.Members([ConfigSections.Metrics], ConfigSections.Metrics).TryGetValue(ConfigSections.Metrics, out ConfigNode metrics))
        {
            return new Monitoring(false, []);
        }

        MetricsOptions options = metrics.Bind<MetricsOptions>(MetricsOptions.Read);
        return new Monitoring(options.Enable, options.MetricsList.Length == 0 ? [] : [.. metrics.Member("metrics_list").Items().Select(static item => item.Text()).OfType<string>()]);
    }
}
