namespace Ovms.Observability.Metrics;

/// <summary>Receives the series of one family.</summary>
internal abstract class MetricSink
{
    /// <summary>Adds a series with an integer.</summary>
    public abstract void Add(MetricLabels labels, long value);

    /// <summary>Adds a series with a floating-point number.</summary>
    public abstract void Add(MetricLabels labels, double value);

    /// <summary>Adds a series with a distribution.</summary>
    public abstract void Add(MetricLabels labels, TimeHistogram histogram);
}

/// <summary>A family and the function that reads its series.</summary>
/// <param name="Family">The family.</param>
/// <param name="Collect">Passes every series to a sink. Must be fast and must not wait for anything that a call may hold.</param>
internal sealed record MetricSource(MetricFamily Family, Action<MetricSink> Collect);
