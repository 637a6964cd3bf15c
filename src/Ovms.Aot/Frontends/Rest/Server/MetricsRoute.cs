using Ovms.Observability.Metrics;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// The route for Prometheus metrics. It writes one family at a time straight into the connection's buffer. Thus a scrape holds no more
/// memory than that buffer, however many models there are and however slowly the scraper reads.
/// </summary>
internal sealed class MetricsRoute(ServerMetrics metrics)
{
    /// <summary>The path, fixed as in the original.</summary>
    public const string Path = "/metrics";

    /// <summary>The route; none while metrics are off.</summary>
    public static RestRoute[] All(ServerMetrics? metrics) =>
        metrics is null ? [] : [new RestRoute(Path, RestVerb.Get, new MetricsRoute(metrics).WriteAsync)];

    /// <summary>Responds to a scrape.</summary>
    public async Task WriteAsync(HttpContext context, RestTarget target)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        PrometheusText text = new(context.Response.BodyWriter);
        foreach (MetricSource source in metrics.Sources)
        {
            text.Write(source);
            if (!(await RestReply.FlushAsync(context).ConfigureAwait(false)).IsOk)
            {
                return;
            }
        }
    }
}
