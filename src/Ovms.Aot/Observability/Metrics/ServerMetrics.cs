using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Ovms.Observability.Metrics;

/// <summary>
/// All that is counted, when metrics are on: the families that were chosen, each with what reads it. The same families are instruments
/// of the runtime's meter <see cref="MeterName"/>, so that other exporters can follow them.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "ovms";

    private readonly Meter _meter = new(MeterName);
    private readonly MetricSelection _selection;
    private ImmutableList<MetricSource> _sources = [];

    /// <summary>Only the models' families are there; others are added by who knows their numbers.</summary>
    public ServerMetrics(MetricSelection selection)
    {
        _selection = selection;
        Models = new ModelSeries(new CallTimers(_meter));
        Models.AddTo(this);
    }

    /// <summary>The counters of models and their versions.</summary>
    public ModelSeries Models { get; }

    /// <summary>What is on, in the table's order.</summary>
    public IReadOnlyList<MetricSource> Sources => Volatile.Read(ref _sources);

    /// <summary>Adds what reads a family, if the family is on.</summary>
    public void Add(MetricFamily family, Action<MetricSink> collect)
    {
        if (!_selection.Has(family))
        {
            return;
        }

        MetricSource source = new(family, collect);
        if (ImmutableInterlocked.Update(ref _sources, static (all, one) => all.Add(one).Sort(static (a, b) => Place(a).CompareTo(Place(b))), source))
        {
            Measurements.Publish(_meter, source);
        }
    }

    /// <summary>Adds a family with one series that has no labels.</summary>
    public void Add(MetricFamily family, Func<double> read) => Add(family, sink => sink.Add(MetricLabels.None, read()));

    /// <summary>Adds a family with one series that has no labels and counts whole things.</summary>
    public void AddCount(MetricFamily family, Func<long> read) => Add(family, sink => sink.Add(MetricLabels.None, read()));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static int Place(MetricSource source) => ((List<MetricFamily>)[.. MetricFamilies.All]).IndexOf(source.Family);
}
