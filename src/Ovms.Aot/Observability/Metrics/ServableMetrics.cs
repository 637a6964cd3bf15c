using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Ovms.Observability.Metrics;

/// <summary>
/// What is counted about one version of a model. Found once with the servable and then used without looking anything up: additions are
/// atomic, nothing is locked or made. It outlives the servable: a reload of the same version goes on counting.
/// </summary>
internal sealed class ServableMetrics
{
    private readonly CallCounters _modelCalls;
    private readonly CallTimers _timers;
    private readonly CallCounters _calls;
    private readonly ConcurrentDictionary<string, MetricLabels> _stateLabels = new(StringComparer.Ordinal);
    private readonly string _name;
    private long _current;
    private long _refused;
    private long _cancelled;

    /// <summary>Zero everywhere.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="modelCalls">The model's counters, shared by its versions.</param>
    /// <param name="version">Which version.</param>
    /// <param name="timers">The instruments that other exporters follow.</param>
    public ServableMetrics(string name, CallCounters modelCalls, long version, CallTimers timers)
    {
        _modelCalls = modelCalls;
        _timers = timers;
        _name = name;
        Version = version;
        string text = version.ToString(CultureInfo.InvariantCulture);
        _calls = new CallCounters(name, text);
        Labels = new MetricLabels(new("name", name), new("version", text));
        GrpcLabels = new MetricLabels(new("name", name), new("version", text), new("interface", CallKindRow.Grpc));
        RestLabels = new MetricLabels(new("name", name), new("version", text), new("interface", CallKindRow.Rest));
    }

    /// <summary>Which version.</summary>
    public long Version { get; }

    /// <summary>Name and version.</summary>
    public MetricLabels Labels { get; }

    /// <summary>The same and gRPC.</summary>
    public MetricLabels GrpcLabels { get; }

    /// <summary>The same and REST.</summary>
    public MetricLabels RestLabels { get; }

    /// <summary>Name, version and one of the few states there are.</summary>
    public MetricLabels LabelsOf(string state) =>
        _stateLabels.GetOrAdd(state, state => new MetricLabels(new("name", _name), new("version", Version.ToString(CultureInfo.InvariantCulture)), new("state", state)));

    /// <summary>Calls that came over gRPC, whole.</summary>
    public TimeHistogram GrpcTime { get; } = new();

    /// <summary>Calls that came over REST, whole.</summary>
    public TimeHistogram RestTime { get; } = new();

    /// <summary>Inferences.</summary>
    public TimeHistogram InferenceTime { get; } = new();

    /// <summary>Waits for an infer request.</summary>
    public TimeHistogram WaitTime { get; } = new();

    /// <summary>Inference calls in process.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Calls refused for a full queue.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Calls whose caller gave up.</summary>
    public long Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>An inference call found the servable.</summary>
    public void Enter() => Interlocked.Increment(ref _current);

    /// <summary>The same call is over.</summary>
    public void Leave() => Interlocked.Decrement(ref _current);

    /// <summary>Counts a call that was answered.</summary>
    public void Count(CallKind kind, bool isSuccess) => (CallKindRow.Of(kind).HasVersion ? _calls : _modelCalls).Add(kind, isSuccess);

    /// <summary>Counts a call that was refused for a full queue; as failed it is counted besides.</summary>
    public void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>Counts a call whose caller gave up; as failed it is counted besides.</summary>
    public void CountCancelled() => Interlocked.Increment(ref _cancelled);

    /// <summary>Takes the time of a wait for an infer request.</summary>
    /// <param name="since">When it began.</param>
    /// <returns>Now, when the next thing begins.</returns>
    public long Waited(long since) => Take(WaitTime, _timers.Wait, Labels, since);

    /// <summary>Takes the time of an inference.</summary>
    /// <inheritdoc cref="Waited"/>
    public long Inferred(long since) => Take(InferenceTime, _timers.Inference, Labels, since);

    /// <summary>Takes the time of a whole call that went well.</summary>
    /// <param name="kind">What was asked.</param>
    /// <param name="since">When the request had come, by the stopwatch.</param>
    /// <param name="until">When the answer was written.</param>
    public void Answered(CallKind kind, long since, long until)
    {
        bool isGrpc = CallKindRow.Of(kind).Interface == CallKindRow.Grpc;
        Add(isGrpc ? GrpcTime : RestTime, _timers.Request, isGrpc ? GrpcLabels : RestLabels, until - since);
    }

    /// <summary>Hands over the request counters.</summary>
    public void CollectCalls(MetricSink sink, bool success) => _calls.Collect(sink, success);

    private static long Take(TimeHistogram histogram, Histogram<double> instrument, MetricLabels labels, long since)
    {
        long now = Stopwatch.GetTimestamp();
        Add(histogram, instrument, labels, now - since);
        return now;
    }

    private static void Add(TimeHistogram histogram, Histogram<double> instrument, MetricLabels labels, long ticks)
    {
        histogram.Add(ticks);
        if (instrument.Enabled)
        {
            instrument.Record(TimeHistogram.ToMicroseconds(ticks), labels.Tags);
        }
    }
}
