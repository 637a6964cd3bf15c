using System.Collections.Frozen;

namespace Ovms.Observability.Metrics;

/// <summary>
/// The counters of every known version. A version keeps its counters across reloads; when it is no longer known, its series are removed.
/// </summary>
internal sealed class ModelSeries(CallTimers timers)
{
    private readonly Lock _gate = new();
    private FrozenDictionary<string, ModelMetrics> _models = FrozenDictionary<string, ModelMetrics>.Empty;

    /// <summary>The counters of a version; null if it is not known.</summary>
    public ServableMetrics? Find(string name, long version) => Find(name)?.Find(version);

    /// <summary>The counters of a model; null if it is not known.</summary>
    public ModelMetrics? Find(string name) => Volatile.Read(ref _models).GetValueOrDefault(name);

    /// <summary>Sets the known versions: new ones begin at zero, existing ones keep their counters, others are removed.</summary>
    public void Follow(IReadOnlyCollection<(string Name, long[] Versions)> known)
    {
        lock (_gate)
        {
            FrozenDictionary<string, ModelMetrics> before = _models;
            bool same = known.Count == before.Count
                && known.All(model => before.GetValueOrDefault(model.Name) is { } old && HasVersions(old, model.Versions));
            if (!same)
            {
                IEnumerable<ModelMetrics> models =
                    known.Select(model => Model(model.Name, model.Versions, before.GetValueOrDefault(model.Name)));
                Volatile.Write(ref _models, models.ToFrozenDictionary(static model => model.Name));
            }
        }
    }

    /// <summary>Registers the families.</summary>
    internal void AddTo(ServerMetrics metrics)
    {
        metrics.Add(MetricFamilies.RequestsSuccess, sink => CollectCalls(sink, success: true));
        metrics.Add(MetricFamilies.RequestsFail, sink => CollectCalls(sink, success: false));
        metrics.Add(MetricFamilies.RequestTime, Each(static (sink, servable) =>
        {
            sink.Add(servable.GrpcLabels, servable.GrpcTime);
            sink.Add(servable.RestLabels, servable.RestTime);
        }));
        metrics.Add(MetricFamilies.InferenceTime, Each(static (sink, servable) => sink.Add(servable.Labels, servable.InferenceTime)));
        metrics.Add(MetricFamilies.WaitForInferRequest, Each(static (sink, servable) => sink.Add(servable.Labels, servable.WaitTime)));
        metrics.Add(MetricFamilies.CurrentRequests, Each(static (sink, servable) => sink.Add(servable.Labels, servable.Current)));
        metrics.Add(MetricFamilies.RefusedRequests, Each(static (sink, servable) => sink.Add(servable.Labels, servable.Refused)));
        metrics.Add(MetricFamilies.CancelledRequests, Each(static (sink, servable) => sink.Add(servable.Labels, servable.Cancelled)));
        TextCounters.AddTo(metrics, () => InOrder().Select(static model => model.Text).Where(static text => text.AreShown));
    }

    private static bool HasVersions(ModelMetrics model, long[] versions) =>
        model.Versions.Select(static item => item.Version).SequenceEqual(versions);

    private ModelMetrics Model(string name, long[] versions, ModelMetrics? before)
    {
        CallCounters calls = before?.Calls ?? new CallCounters(name);
        TextCounters text = before?.Text ?? new TextCounters(name);
        IEnumerable<ServableMetrics> servables =
            versions.Select(version => before?.Find(version) ?? new ServableMetrics(name, calls, text, version, timers));
        return new ModelMetrics(name, calls, text, [.. servables]);
    }

    private IEnumerable<ModelMetrics> InOrder() =>
        Volatile.Read(ref _models).Values.OrderBy(static model => model.Name, StringComparer.Ordinal);

    private Action<MetricSink> Each(Action<MetricSink, ServableMetrics> collect) => sink =>
    {
        foreach (ModelMetrics model in InOrder())
        {
            foreach (ServableMetrics servable in model.Versions)
            {
                collect(sink, servable);
            }
        }
    };

    private void CollectCalls(MetricSink sink, bool success)
    {
        foreach (ModelMetrics model in InOrder())
        {
            model.Calls.Collect(sink, success, withText: false);
            foreach (ServableMetrics servable in model.Versions)
            {
                servable.CollectCalls(sink, success);
            }
        }
    }
}
