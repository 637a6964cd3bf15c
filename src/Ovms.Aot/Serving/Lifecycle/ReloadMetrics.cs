using Ovms.Observability.Metrics;

namespace Ovms.Serving.Lifecycle;

/// <summary>The metrics of configuration and loading.</summary>
internal static class ReloadMetrics
{
    /// <summary>Registers the families.</summary>
    public static void AddTo(ServerMetrics metrics, Reloads reloads)
    {
        metrics.AddCount(MetricFamilies.ConfigValid, () => reloads.Status.Config.IsOk ? 1 : 0);
        metrics.AddCount(MetricFamilies.ConfigChanges, () => reloads.Status.ConfigChanges);
        metrics.AddCount(MetricFamilies.ConfigRefusals, () => reloads.Status.ConfigRefusals);
        metrics.AddCount(MetricFamilies.ModelLoads, () => reloads.Status.Loads);
        metrics.AddCount(MetricFamilies.ModelLoadsFailed, () => reloads.Status.FailedLoads);
        metrics.AddCount(MetricFamilies.LoadsLeftBehind, () => reloads.Status.LoadsLeftBehind);
        metrics.AddCount(MetricFamilies.ServingFaults, () => reloads.Status.Faults.Length);
        metrics.Add(MetricFamilies.LastChange, sink =>
        {
            if (reloads.Status.LastChange is { } at)
            {
                sink.Add(MetricLabels.None, at.ToUnixTimeMilliseconds() / 1000.0);
            }
        });
    }
}
