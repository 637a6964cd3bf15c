namespace Ovms.Observability.Metrics;

/// <summary>Takes the series of one family as they are read.</summary>
internal abstract class MetricSink
{
    /// <summary>A count.</summary>
    public abstract void Add(MetricLabels labels, long value);

    /// <summary>A measure.</summary>
    public abstract void Add(MetricLabels labels, double value);

    /// <summary>A distribution.</summary>
    public abstract void Add(MetricLabels labels, TimeHistogram histogram);
}

/// <summary>A family and how its series are read.</summary>
/// <param name="Family">What it is.</param>
/// <param name="Collect">Hands every series to a sink; quick, and without waiting for anything that a call may hold.</param>
internal sealed record MetricSource(MetricFamily Family, Action<MetricSink> Collect);
