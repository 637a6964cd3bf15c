namespace Ovms.Observability.Metrics;

/// <summary>Counts the requests for text that a model answers in one way: as a whole or as a stream.</summary>
internal sealed class TextMethodCounters
{
    private long _accepted;
    private long _rejected;
    private long _failed;
    private long _responses;

    /// <summary>All counters begin at zero.</summary>
    public TextMethodCounters(string name, CallKind kind)
        : this(name, CallKindRow.Of(kind))
    {
    }

    /// <summary>All counters begin at zero.</summary>
    public TextMethodCounters(string name, CallKindRow row)
    {
        CallLabels = new MetricLabels(
            new("name", name), new("api", row.Api), new("method", row.Method), new("interface", row.Interface));
        TimeLabels = new MetricLabels(new("name", name), new("method", row.Method));
    }

    /// <summary>The labels of the counters.</summary>
    public MetricLabels CallLabels { get; }

    /// <summary>The labels of <see cref="Time"/>.</summary>
    public MetricLabels TimeLabels { get; }

    /// <summary>Requests that the model took on.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Requests that failed before the model took them on.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Requests that failed afterwards.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Whole answers, or pieces of text in streams.</summary>
    public long Responses => Volatile.Read(ref _responses);

    /// <summary>Times from taking a request on to the end of its answer.</summary>
    public TimeHistogram Time { get; } = new();

    /// <summary>The model takes a request on.</summary>
    public void Accept() => Interlocked.Increment(ref _accepted);

    /// <summary>A request failed before the model took it on.</summary>
    public void Reject() => Interlocked.Increment(ref _rejected);

    /// <summary>A request failed that the model had taken on.</summary>
    public void Fail() => Interlocked.Increment(ref _failed);

    /// <summary>A whole answer, or a piece of a stream, is made.</summary>
    public void Respond() => Interlocked.Increment(ref _responses);
}
