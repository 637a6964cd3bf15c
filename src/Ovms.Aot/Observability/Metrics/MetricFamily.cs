namespace Ovms.Observability.Metrics;

/// <summary>What kind of number a family holds.</summary>
internal enum MetricKind
{
    /// <summary>Only grows, until its series goes away.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>How many times took how long.</summary>
    Histogram,
}

/// <summary>One family of series: a name, what it means, and what tells its series apart.</summary>
/// <param name="Name">As it is written; nothing is appended.</param>
/// <param name="Kind">What kind of number.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Labels">Names of the labels, alphabetical.</param>
/// <param name="IsDefault">Whether it is on when no list was given.</param>
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
