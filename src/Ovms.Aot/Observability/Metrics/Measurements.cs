using System.Diagnostics.Metrics;

namespace Ovms.Observability.Metrics;

/// <summary>Reads a family for the observable instruments of .NET.</summary>
internal sealed class Measurements : MetricSink
{
    private readonly List<Measurement<double>> _read = [];

    /// <summary>Creates the instrument for a source. Histograms have their own instruments, see <see cref="CallTimers"/>.</summary>
    public static void Publish(Meter meter, MetricSource source)
    {
        MetricFamily family = source.Family;
        switch (family.Kind)
        {
            case MetricKind.Counter:
                meter.CreateObservableCounter(family.Name, Read, unit: null, family.Help);
                break;
            case MetricKind.Gauge:
                meter.CreateObservableGauge(family.Name, Read, unit: null, family.Help);
                break;
        }

        IEnumerable<Measurement<double>> Read()
        {
            Measurements sink = new();
            source.Collect(sink);
            return sink._read;
        }
    }

    /// <inheritdoc/>
    public override void Add(MetricLabels labels, long value) => Add(labels, (double)value);

    /// <inheritdoc/>
    public override void Add(MetricLabels labels, double value) => _read.Add(new Measurement<double>(value, labels.Tags));

    /// <inheritdoc/>
    public override void Add(MetricLabels labels, TimeHistogram histogram)
    {
    }
}
