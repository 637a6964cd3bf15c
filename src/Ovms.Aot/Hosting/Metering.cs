using Ovms.Configuration;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Observability;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>Decides whether and what is counted, and brings the numbers and those who know them together.</summary>
internal static class Metering
{
    private static readonly (ConnectionEnd Why, MetricLabels Labels)[] s_closed =
    [
        (ConnectionEnd.Idle, new MetricLabels(new KeyValuePair<string, string>("reason", "idle"))),
        (ConnectionEnd.NoRequest, new MetricLabels(new KeyValuePair<string, string>("reason", "no_request"))),
        (ConnectionEnd.Resets, new MetricLabels(new KeyValuePair<string, string>("reason", "resets"))),
    ];

    /// <summary>Which families are on.</summary>
    /// <param name="server">The command line.</param>
    /// <param name="monitoring">What the configuration file says; null = nothing.</param>
    /// <param name="listens">Whether the process will serve, so that there must be a port to tell metrics on.</param>
    /// <returns>The families, an empty selection while metrics are off, or why the process cannot start like that.</returns>
    public static Outcome<MetricSelection> Select(ServerOptions server, Monitoring? monitoring, bool listens = true)
    {
        if (monitoring is not null && server.MetricsEnable)
        {
            return Outcome.Fail(StatusCode.ConfigInvalid, "--metrics_enable and the file's section \"monitoring\" are given together: leave one of them out.");
        }

        if (!(monitoring?.IsEnabled ?? server.MetricsEnable))
        {
            return MetricSelection.None;
        }

        if (listens && server is { RestPort: 0, RestUds: "" })
        {
            return Outcome.Fail(StatusCode.MetricsRestPortMissing, "The file enables metrics, and they are told on the REST port: set --rest_port.");
        }

        IReadOnlyList<string> families = monitoring is null ? MetricSelection.Split(server.MetricsList) : monitoring.Families;
        return MetricSelection.TryParse(families, out MetricSelection? selection, out string? why)
            ? selection
            : Outcome.Fail(StatusCode.InvalidMetricsFamilyName, why);
    }

    /// <summary>Adds the families whose numbers live in the parts of the server.</summary>
    public static void Connect(ServerMetrics metrics, Served served, ConnectionGate gate, OpenStreams streams, LogProvider logging)
    {
        TableMetrics.AddGauges(metrics, served.Registry);
        ReloadMetrics.AddTo(metrics, served.Reloads);
        metrics.AddCount(MetricFamilies.Ready, () => served.Readiness.IsReady ? 1 : 0);
        metrics.AddCount(MetricFamilies.Connections, () => gate.Open);
        metrics.AddCount(MetricFamilies.ConnectionsRefused, () => gate.Refused);
        metrics.Add(MetricFamilies.ConnectionsClosed, sink => Array.ForEach(s_closed, closed => sink.Add(closed.Labels, gate.Ended(closed.Why))));
        metrics.AddCount(MetricFamilies.OpenStreams, () => streams.Open);
        metrics.AddCount(MetricFamilies.WaitingStreams, () => streams.Waiting);
        metrics.AddCount(MetricFamilies.StreamsRefused, () => streams.Refused);
        metrics.AddCount(MetricFamilies.LogLinesDropped, () => logging.LinesDropped);
        ProcessMetrics.AddTo(metrics, HostFacts.Current.OpenFilesLimit);
    }
}
