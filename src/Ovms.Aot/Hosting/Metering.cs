using Ovms.Configuration;
using Ovms.Devices.Health;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Generation;
using Ovms.Observability;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>Selects the metric families and connects each to its source.</summary>
internal static class Metering
{
    private static readonly (ConnectionEnd Why, MetricLabels Labels)[] s_closed =
    [
        (ConnectionEnd.Idle, new MetricLabels(new KeyValuePair<string, string>("reason", "idle"))),
        (ConnectionEnd.NoRequest, new MetricLabels(new KeyValuePair<string, string>("reason", "no_request"))),
        (ConnectionEnd.Resets, new MetricLabels(new KeyValuePair<string, string>("reason", "resets"))),
    ];

    /// <summary>Selects the enabled families.</summary>
    /// <param name="server">The command line.</param>
    /// <param name="monitoring">The configuration file's section; null if absent.</param>
    /// <param name="listens">Whether the process will serve, and so needs a port for metrics.</param>
    /// <returns>The families (empty if metrics are off), or why the process cannot start with these settings.</returns>
    public static Outcome<MetricSelection> Select(ServerOptions server, Monitoring? monitoring, bool listens = true)
    {
        if (monitoring is not null && server.MetricsEnable)
        {
            return Outcome.Fail(
                StatusCode.ConfigInvalid,
                "--metrics_enable and the file's section \"monitoring\" are given together: leave one of them out.");
        }

        if (!(monitoring?.IsEnabled ?? server.MetricsEnable))
        {
            return MetricSelection.None;
        }

        if (listens && server is { RestPort: 0, RestUds: "" })
        {
            return Outcome.Fail(
                StatusCode.MetricsRestPortMissing, "The file enables metrics, and the REST port serves them: set --rest_port.");
        }

        IReadOnlyList<string> families = monitoring is null ? MetricSelection.Split(server.MetricsList) : monitoring.Families;
        return MetricSelection.TryParse(families, out MetricSelection? selection, out string? why)
            ? selection
            : Outcome.Fail(StatusCode.InvalidMetricsFamilyName, why);
    }

    /// <summary>Adds the families of devices other than the CPU.</summary>
    public static void ConnectDevices(ServerMetrics metrics, DeviceWatches devices) => metrics.Add(
        MetricFamilies.ModelsLeftBehind,
        sink =>
        {
            // A device has one watch for each core that it was used with.
            foreach (IGrouping<string, DeviceWatch> device in devices.All.GroupBy(static watch => watch.Device))
            {
                sink.Add(
                    new MetricLabels(new KeyValuePair<string, string>("device", device.Key)),
                    device.Sum(static watch => (long)watch.LeftBehind));
            }
        });

    /// <summary>Adds the families whose values come from other parts of the server.</summary>
    public static void Connect(ServerMetrics metrics, Served served, ConnectionGate gate, OpenStreams streams, LogProvider logging)
    {
        TableMetrics.AddGauges(metrics, served.Registry);
        GenerationMetrics.AddTo(metrics, served.Registry);
        ReloadMetrics.AddTo(metrics, served.Reloads);
        metrics.AddCount(MetricFamilies.Ready, () => served.Readiness.IsReady ? 1 : 0);
        metrics.AddCount(MetricFamilies.Connections, () => gate.Open);
        metrics.AddCount(MetricFamilies.ConnectionsRefused, () => gate.Refused);
        metrics.Add(
            MetricFamilies.ConnectionsClosed, sink => Array.ForEach(s_closed, closed => sink.Add(closed.Labels, gate.Ended(closed.Why))));
        metrics.AddCount(MetricFamilies.OpenStreams, () => streams.Open);
        metrics.AddCount(MetricFamilies.WaitingStreams, () => streams.Waiting);
        metrics.AddCount(MetricFamilies.StreamsRefused, () => streams.Refused);
        metrics.AddCount(MetricFamilies.LogLinesDropped, () => logging.LinesDropped);
        ProcessMetrics.AddTo(metrics, HostFacts.Current.OpenFilesLimit);
    }
}
