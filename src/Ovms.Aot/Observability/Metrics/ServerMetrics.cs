using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Ovms.Observability.Metrics;

/// <summary>
/// Registry of the enabled metric families and their readers. The same families are instruments of .NET's meter <see cref="MeterName"/>,
/// so that other exporters can read them.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "ovms";

    private readonly Meter _meter = new(MeterName);
    private readonly MetricSelection _selection;
    private ImmutableList<MetricSource> _sources = [];

    /// <summary>Contains only the models' families at first; the parts that hold the other numbers add theirs.</summary>
    public ServerMetrics(MetricSelection selection)
    {
        _selection = selection;
        Models = new ModelSeries(new CallTimers(_meter));
        Models.AddTo(this);
    }

    /// <summary>The counters of models and their versions.</summary>
    public ModelSeries Models { get; }

    /// <summary>The enabled families, in the table's order.</summary>
    public IReadOnlyList<MetricSource> Sources => Volatile.Read(ref _sources);

    /// <summary>Adds the reader of a family, if the family is enabled.</summary>
    public void Add(MetricFamily family, Action<MetricSink> collect)
    {
        if (!_selection.Has(family))
        {
            return;
        }

        MetricSource source = new(family, collect);
        if (ImmutableInterlocked.Update(
            ref _sources, static (all, one) => all.Add(one).Sort(static (a, b) => Place(a).CompareTo(Place(b))), source))
        {
            Measurements.Publish(_meter, source);
        }
    }

    /// <summary>Adds a family with one series without labels.</summary>
    public void Add(MetricFamily family, Func<double> read) => Add(family, sink => sink.Add(MetricLabels.None, read()));

    /// <summary>Adds a family of integers with one series without labels.</summary>
    public void AddCount(MetricFamily family, Func<long> read) => Add(family, sink => sink.Add(MetricLabels.None, read()));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static int Place(MetricSource source) => ((List<MetricFamily>)[.. MetricFamilies.All]).IndexOf(source.Family);
}
