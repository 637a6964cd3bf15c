namespace Ovms.Observability.Metrics;

/// <summary>How many calls of each kind went well and how many did not; for one version, or for one model where versions are not told apart.</summary>
internal sealed class CallCounters
{
    private readonly long[] _success = new long[CallKindRow.All.Count];
    private readonly long[] _fail = new long[CallKindRow.All.Count];
    private readonly (int Kind, MetricLabels Labels)[] _series;

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
            List<KeyValuePair<string, string>> labels = [new("name", name), new("api", row.Api), new("method", row.Method), new("interface", row.Interface)];
            if (hasVersion)
            {
                labels.Add(new("version", version));
            }

            return ((int)row.Kind, new MetricLabels([.. labels]));
        }),
    ];

    /// <summary>Counts a call.</summary>
    public void Add(CallKind kind, bool isSuccess) => Interlocked.Increment(ref (isSuccess ? _success : _fail)[(int)kind]);

    /// <summary>Hands over every series of one of the two families.</summary>
    public void Collect(MetricSink sink, bool success)
    {
        foreach ((int kind, MetricLabels labels) in _series)
        {
            sink.Add(labels, Volatile.Read(ref (success ? _success : _fail)[kind]));
        }
    }
}
