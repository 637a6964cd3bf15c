using System.IO.Pipelines;
using Ovms.Observability.Metrics;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// The route for Prometheus metrics. It writes one family at a time straight into the connection's buffer, and waits for the scraper when
/// that holds some of them. Thus a scrape holds little memory, however many models there are and however slowly the scraper reads.
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
        PipeWriter output = context.Response.BodyWriter;
        PrometheusText text = new(output);
        foreach (MetricSource source in metrics.Sources)
        {
            text.Write(source);

            // Each flush is a system call and a packet, several times the cost of the family.
            bool isEnough = !output.CanGetUnflushedBytes || output.UnflushedBytes > AnswerPace.UnflushedLimit;
            if (isEnough && !(await RestReply.FlushAsync(context).ConfigureAwait(false)).IsOk)
            {
                return;
            }
        }

        await RestReply.FlushAsync(context).ConfigureAwait(false);
    }
}
