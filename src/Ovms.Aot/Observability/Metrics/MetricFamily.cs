namespace Ovms.Observability.Metrics;

/// <summary>Type of a metric family.</summary>
internal enum MetricKind
{
    /// <summary>Only grows, until its series is removed.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Distribution of durations.</summary>
    Histogram,
}

/// <summary>One family of series.</summary>
/// <param name="Name">As written; nothing is appended.</param>
/// <param name="Kind">The type.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Labels">Names of the labels, alphabetical.</param>
/// <param name="IsDefault">Whether the family is on when no list is given.</param>
internal sealed record MetricFamily(string Name, MetricKind Kind, string Help, string[] Labels, bool IsDefault = true)
{
    /// <summary>The kind as Prometheus writes it.</summary>
    public string KindText => Kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };
}
