namespace Ovms.Observability.Metrics;

/// <summary>
/// Counts in the families that the original has for graphs: calls of a graph, and a model's requests for text, because there a language
/// model is a graph.
/// </summary>
/// <param name="name">The model's name.</param>
internal sealed class TextCounters(string name)
{
    private readonly TextMethodCounters _unary = new(name, CallKind.TextUnaryRest);
    private readonly TextMethodCounters _stream = new(name, CallKind.TextStreamRest);
    private readonly MetricLabels _labels = new(new KeyValuePair<string, string>("name", name));
    private readonly TextMethodCounters _inferGrpc = new(name, CallKind.ModelInferGrpc);
    private readonly TextMethodCounters _inferRest = new(name, CallKind.ModelInferRest);
    private readonly TextMethodCounters _inferStream =
        new(name, CallKindRow.Of(CallKind.ModelInferGrpc) with { Method = "ModelInferStream" });

    private volatile bool _isGraph;
    private long _current;
    private volatile bool _areShown;

    /// <summary>Whether there are series: the model generates text, or a request took it for one that does.</summary>
    public bool AreShown => _areShown;

    /// <summary>Registers the families.</summary>
    /// <param name="metrics">The registry.</param>
    /// <param name="shown">The counters that have series, in the order of names.</param>
    public static void AddTo(ServerMetrics metrics, Func<IEnumerable<TextCounters>> shown)
    {
        metrics.Add(MetricFamilies.CurrentGraphs, sink =>
        {
            foreach (TextCounters model in shown())
            {
                sink.Add(model._labels, Volatile.Read(ref model._current));
            }
        });
        metrics.Add(MetricFamilies.RequestsAccepted, Each(static (sink, method) => sink.Add(method.CallLabels, method.Accepted)));
        metrics.Add(MetricFamilies.RequestsRejected, Each(static (sink, method) => sink.Add(method.CallLabels, method.Rejected)));
        metrics.Add(MetricFamilies.GraphErrors, Each(static (sink, method) => sink.Add(method.CallLabels, method.Failed)));
        metrics.Add(MetricFamilies.GraphResponses, Each(static (sink, method) => sink.Add(method.CallLabels, method.Responses)));
        metrics.Add(
            MetricFamilies.GraphProcessingTime, Each(static (sink, method) => sink.Add(method.TimeLabels, method.Time), times: true));

        // The times of a graph have no label for the transport, so that those of gRPC stand for both.
        Action<MetricSink> Each(Action<MetricSink, TextMethodCounters> collect, bool times = false) => sink =>
        {
            foreach (TextCounters model in shown())
            {
                collect(sink, model._isGraph ? model._inferGrpc : model._unary);
                if (model._isGraph)
                {
                    collect(sink, model._inferStream);
                }

                if (!model._isGraph || !times)
                {
                    collect(sink, model._isGraph ? model._inferRest : model._stream);
                }
            }
        };
    }

    /// <summary>From now on there are series, at zero if nothing was counted.</summary>
    public void Show() => _areShown = true;

    /// <summary>From now on there are the series of a graph.</summary>
    public void ShowAsGraph() => _areShown = _isGraph = true;

    /// <summary>The times of a graph's calls, over both transports.</summary>
    public TimeHistogram GraphTime => _inferGrpc.Time;

    /// <summary>The counters of a graph's calls.</summary>
    /// <param name="isGrpc">Whether they came over gRPC.</param>
    public TextMethodCounters OfGraph(bool isGrpc) => isGrpc ? _inferGrpc : _inferRest;

    /// <summary>The counters of a graph's streams: requests, answers, and how long streams lasted.</summary>
    public TextMethodCounters OfGraphStreams => _inferStream;

    /// <summary>The counters of a kind of request.</summary>
    public TextMethodCounters Of(CallKind kind)
    {
        _areShown = true;
        return kind == CallKind.TextStreamRest ? _stream : _unary;
    }

    /// <summary>Counts a request as in progress.</summary>
    public void Enter() => Interlocked.Increment(ref _current);

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Leave() => Interlocked.Decrement(ref _current);
}
