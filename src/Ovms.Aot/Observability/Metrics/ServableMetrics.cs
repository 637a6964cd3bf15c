using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Ovms.Observability.Metrics;

/// <summary>
/// The counters of one version of a model. The servable holds them, so that a call needs no look-up: it adds atomically, without locks
/// or allocations. They outlive the servable: after a reload the same version goes on counting.
/// </summary>
internal sealed class ServableMetrics
{
    private readonly CallCounters _modelCalls;
    private readonly CallTimers _timers;
    private readonly CallCounters _calls;
    private readonly ConcurrentDictionary<(string Label, string Value), MetricLabels> _moreLabels = new();
    private readonly string _name;
    private long _current;
    private long _refused;
    private long _cancelled;
    private long _batches;
    private long _batchedCalls;

    /// <summary>All counters begin at zero.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="modelCalls">The model's counters, shared by its versions.</param>
    /// <param name="text">The model's counters of requests for text, shared by its versions.</param>
    /// <param name="version">The version.</param>
    /// <param name="timers">The instruments for other exporters.</param>
    public ServableMetrics(string name, CallCounters modelCalls, TextCounters text, long version, CallTimers timers)
    {
        _modelCalls = modelCalls;
        Text = text;
        _timers = timers;
        _name = name;
        Version = version;
        string number = version.ToString(CultureInfo.InvariantCulture);
        _calls = new CallCounters(name, number);
        Labels = new MetricLabels(new("name", name), new("version", number));
        GrpcLabels = new MetricLabels(new("name", name), new("version", number), new("interface", CallKindRow.Grpc));
        RestLabels = new MetricLabels(new("name", name), new("version", number), new("interface", CallKindRow.Rest));
    }

    /// <summary>The version.</summary>
    public long Version { get; }

    /// <summary>The model's requests for text.</summary>
    public TextCounters Text { get; }

    /// <summary>Labels name and version.</summary>
    public MetricLabels Labels { get; }

    /// <summary>Labels name, version and interface gRPC.</summary>
    public MetricLabels GrpcLabels { get; }

    /// <summary>Labels name, version and interface REST.</summary>
    public MetricLabels RestLabels { get; }

    /// <summary>Labels name, version and one more, of few values.</summary>
    public MetricLabels LabelsWith(string label, string value) => _moreLabels.GetOrAdd(
        (label, value),
        more => new MetricLabels(
            new("name", _name), new("version", Version.ToString(CultureInfo.InvariantCulture)), new(more.Label, more.Value)));

    /// <summary>Durations of whole calls over gRPC.</summary>
    public TimeHistogram GrpcTime { get; } = new();

    /// <summary>Durations of whole calls over REST.</summary>
    public TimeHistogram RestTime { get; } = new();

    /// <summary>Durations of inferences.</summary>
    public TimeHistogram InferenceTime { get; } = new();

    /// <summary>Waiting times for an infer request.</summary>
    public TimeHistogram WaitTime { get; } = new();

    /// <summary>Times of the nodes, if it is a graph or pipeline.</summary>
    public NodeTimes Nodes { get; } = new();

    /// <summary>Calls in progress: inferences and requests for text.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Calls rejected because the queue was full.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Calls that the caller abandoned.</summary>
    public long Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>Inferences that computed several waiting calls.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Calls that they computed.</summary>
    public long BatchedCalls => Volatile.Read(ref _batchedCalls);

    /// <summary>Counts a call that was computed together with others.</summary>
    /// <param name="isFirst">Whether it is the first of them, which stands for the inference.</param>
    public void CountTogether(bool isFirst)
    {
        Interlocked.Increment(ref _batchedCalls);
        if (isFirst)
        {
            Interlocked.Increment(ref _batches);
        }
    }

    /// <summary>Counts a call as in progress: its whole message has arrived.</summary>
    public void Enter() => Interlocked.Increment(ref _current);

    /// <summary>Ends what <see cref="Enter"/> began: the inference has ended, or the call has failed.</summary>
    public void Leave() => Interlocked.Decrement(ref _current);

    /// <summary>Counts a call that was answered.</summary>
    public void Count(CallKind kind, bool isSuccess) => (CallKindRow.Of(kind).HasVersion ? _calls : _modelCalls).Add(kind, isSuccess);

    /// <summary>Counts a call rejected for a full queue. The call is also counted as failed, separately.</summary>
    public void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>Counts a call that the caller abandoned. The call is also counted as failed, separately.</summary>
    public void CountCancelled() => Interlocked.Increment(ref _cancelled);

    /// <summary>Records the duration of a wait for an infer request.</summary>
    /// <param name="since">When it began, as a timestamp of <see cref="Stopwatch"/>.</param>
    /// <returns>The current timestamp, at which the next phase begins.</returns>
    public long Waited(long since) => Take(WaitTime, _timers.Wait, Labels, since);

    /// <summary>Records the duration of an inference.</summary>
    /// <inheritdoc cref="Waited"/>
    public long Inferred(long since) => Take(InferenceTime, _timers.Inference, Labels, since);

    /// <summary>Records the wait and the computing of a successful request for text, or of a call that was computed with others.</summary>
    public void Computed(in CallPhases phases)
    {
        Add(WaitTime, _timers.Wait, Labels, phases.Queue);
        Add(InferenceTime, _timers.Inference, Labels, phases.Infer);
    }

    /// <summary>Records the duration of a successful call.</summary>
    /// <param name="kind">The API and method of the call.</param>
    /// <param name="since">When the whole request had arrived, as a timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="until">When the response was written.</param>
    public void Answered(CallKind kind, long since, long until)
    {
        bool isGrpc = CallKindRow.Of(kind).Interface == CallKindRow.Grpc;
        Add(isGrpc ? GrpcTime : RestTime, _timers.Request, isGrpc ? GrpcLabels : RestLabels, until - since);
    }

    /// <summary>Adds the request counters to a sink.</summary>
    public void CollectCalls(MetricSink sink, bool success) => _calls.Collect(sink, success, Text.AreShown);

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
