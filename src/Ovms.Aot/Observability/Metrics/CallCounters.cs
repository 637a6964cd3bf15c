namespace Ovms.Observability.Metrics;

/// <summary>Counts successful and failed calls by kind, for one version, or for a model if versions are not distinguished.</summary>
internal sealed class CallCounters
{
    private readonly long[] _success = new long[CallKindRow.All.Count];
    private readonly long[] _fail = new long[CallKindRow.All.Count];
    private readonly (CallKindRow Row, MetricLabels Labels)[] _series;

    /// <summary>Counters of one version.</summary>
    public CallCounters(string name, string version)
        : this(name, version, hasVersion: true)
    {
    }

    /// <summary>Counters of one model.</summary>
    public CallCounters(string name)
        : this(name, "", hasVersion: false)
    {
    }

    private CallCounters(string name, string version, bool hasVersion) => _series =
    [
        .. CallKindRow.All.Where(row => row.HasVersion == hasVersion).Select(row =>
        {
            List<KeyValuePair<string, string>> labels =
                [new("name", name), new("api", row.Api), new("method", row.Method), new("interface", row.Interface)];
            if (hasVersion)
            {
                labels.Add(new("version", version));
            }

            return (row, new MetricLabels([.. labels]));
        }),
    ];

    /// <summary>Counts a call.</summary>
    public void Add(CallKind kind, bool isSuccess) => Interlocked.Increment(ref (isSuccess ? _success : _fail)[(int)kind]);

    /// <summary>Adds the series of the success or the failure family to a sink.</summary>
    /// <param name="sink">Receives them.</param>
    /// <param name="success">Which family.</param>
    /// <param name="withText">Whether the series of requests for text are among them.</param>
    public void Collect(MetricSink sink, bool success, bool withText)
    {
        foreach ((CallKindRow row, MetricLabels labels) in _series)
        {
            if (withText || !row.IsText)
            {
                sink.Add(labels, Volatile.Read(ref (success ? _success : _fail)[(int)row.Kind]));
            }
        }
    }
}
