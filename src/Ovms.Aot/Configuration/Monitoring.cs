using System.Collections.Immutable;
using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>The section "monitoring" of a configuration file. Applied once, at start-up.</summary>
/// <param name="IsEnabled">Whether metrics are on.</param>
/// <param name="Families">Names of the metric families; empty for the defaults.</param>
internal sealed record Monitoring(bool IsEnabled, ImmutableArray<string> Families)
{
    /// <summary>Reads the section; the result is valid only if no problem was found.</summary>
    public static Monitoring Read(ConfigNode section)
    {
        if (!section.Members([ConfigSections.Metrics], ConfigSections.Metrics).TryGetValue(ConfigSections.Metrics, out ConfigNode metrics))
        {
            return new Monitoring(false, []);
        }

        MetricsOptions options = metrics.Bind<MetricsOptions>(MetricsOptions.Read);
        return new Monitoring(
            options.Enable,
            options.MetricsList.Length == 0
                ? []
                : [.. metrics.Member("metrics_list").Items().Select(static item => item.Text()).OfType<string>()]);
    }
}
