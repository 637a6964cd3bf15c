using Ovms.Observability.Metrics;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// What is counted, for Prometheus. Written straight into the connection's buffer, a family at a time, so that however many models there
/// are, and however slowly the scraper reads, a scrape holds no more than the buffer.
/// </summary>
internal sealed class MetricsRoute(ServerMetrics metrics)
{
    /// <summary>The path; the original's, and like there not to be chosen.</summary>
    public const string Path = "/metrics";

    /// <summary>The row; none while nothing is counted.</summary>
    public static RestRoute[] All(ServerMetrics? metrics) =>
        metrics is null ? [] : [new RestRoute(Path, RestVerb.Get, new MetricsRoute(metrics).WriteAsync)];

    /// <summary>Answers a scrape.</summary>
    public async Task WriteAsync(HttpContext context, RestTarget target)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        PrometheusText text = new(context.Response.BodyWriter);
        foreach (MetricSource source in metrics.Sources)
        {
            text.Write(source);
            if (!await RestReply.FlushAsync(context).ConfigureAwait(false))
            {
                return;
            }
        }
    }
}
