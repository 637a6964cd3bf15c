using Ovms.Observability.Metrics;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>Tells how the configuration and the loading of models fare.</summary>
internal static class ReloadMetrics
{
    /// <summary>Registers the families.</summary>
    public static void AddTo(ServerMetrics metrics, ServableRegistry registry)
    {
        metrics.AddCount(MetricFamilies.ConfigValid, () => registry.Reload.Config.IsOk ? 1 : 0);
        metrics.AddCount(MetricFamilies.ConfigChanges, () => registry.Reload.ConfigChanges);
        metrics.AddCount(MetricFamilies.ConfigRefusals, () => registry.Reload.ConfigRefusals);
        metrics.AddCount(MetricFamilies.ModelLoads, () => registry.Reload.Loads);
        metrics.AddCount(MetricFamilies.ModelLoadsFailed, () => registry.Reload.FailedLoads);
        metrics.AddCount(MetricFamilies.LoadsLeftBehind, () => registry.Reload.LoadsLeftBehind);
        metrics.AddCount(MetricFamilies.ServingFaults, () => registry.Reload.Faults.Length);
        metrics.Add(MetricFamilies.LastChange, sink =>
        {
            if (registry.Reload.LastChange is { } at)
            {
                sink.Add(MetricLabels.None, at.ToUnixTimeMilliseconds() / 1000.0);
            }
        });
    }
}
