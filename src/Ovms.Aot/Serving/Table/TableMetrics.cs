using System.Globalization;
using Ovms.Observability.Metrics;

namespace Ovms.Serving.Table;

/// <summary>
/// Connects the table with the counters. A version keeps its series while it is in the table and has not ended, so a reload continues
/// them.
/// </summary>
internal sealed class TableMetrics(ModelSeries series)
{
    private static readonly (ServableState State, string Text)[] s_states =
        [.. Enum.GetValues<ServableState>().Select(static state => (state, state.ToString().ToUpperInvariant()))];

    /// <summary>Registers the metrics that are read from the table.</summary>
    public static void AddGauges(ServerMetrics metrics, ServableRegistry registry)
    {
        metrics.Add(MetricFamilies.Streams, Each(static servable => servable?.Streams ?? 0));
        metrics.Add(MetricFamilies.InferRequests, Each(static servable => servable?.Requests ?? 0));
        metrics.Add(MetricFamilies.InferRequestsActive, Each(static servable => servable?.InUse ?? 0));
        metrics.Add(MetricFamilies.WaitingRequests, Each(static servable => servable?.Waiting ?? 0));
        metrics.Add(MetricFamilies.Sequences, sink => ForEach(metrics.Models, registry.Current, (counters, entry) =>
        {
            if (entry.Servable?.Sequences is { } sequences)
            {
                sink.Add(counters.Labels, (long)sequences.Count);
            }
        }));
        metrics.Add(MetricFamilies.ModelReady, sink => ForEach(metrics.Models, registry.Current, (counters, entry) =>
        {
            if (entry.State == ServableState.Available)
            {
                sink.Add(counters.Labels, entry.IsReady ? 1L : 0L);
            }
        }));
        metrics.Add(MetricFamilies.ModelState, sink => ForEach(metrics.Models, registry.Current, (counters, entry) =>
        {
            foreach ((ServableState state, string text) in s_states)
            {
                sink.Add(counters.LabelsWith("state", text), entry.State == state ? 1L : 0L);
            }
        }));
        metrics.Add(MetricFamilies.ModelDevices, sink => ForEach(metrics.Models, registry.Current, (counters, entry) =>
        {
            if (entry.Servable?.Devices is { } devices)
            {
                sink.Add(counters.LabelsWith("devices", devices.Text), 1L);
            }
        }));

        metrics.Add(MetricFamilies.ModelArrangement, Adaptive((counters, servable, sink) =>
        {
            bool isBatch = servable.BatchForm?.Serving is not null;
            bool isThroughput = !isBatch && servable.Throughput?.Serving is not null;
            sink.Add(counters.LabelsWith("arrangement", "latency"), isBatch || isThroughput ? 0L : 1L);
            sink.Add(counters.LabelsWith("arrangement", "throughput"), isThroughput ? 1L : 0L);
            sink.Add(counters.LabelsWith("arrangement", "batch"), isBatch ? 1L : 0L);
        }));
        metrics.Add(MetricFamilies.ArrangementChanges, Adaptive(static (counters, servable, sink) =>
            sink.Add(counters.Labels, (servable.Throughput?.Changes ?? 0) + (servable.BatchForm?.Changes ?? 0))));
        metrics.Add(MetricFamilies.Batches, Adaptive(static (counters, _, sink) => sink.Add(counters.Labels, counters.Batches)));
        metrics.Add(MetricFamilies.BatchedCalls, Adaptive(static (counters, _, sink) => sink.Add(counters.Labels, counters.BatchedCalls)));

        metrics.Add(MetricFamilies.NodeTime, sink => ForEach(metrics.Models, registry.Current, (counters, _) =>
        {
            foreach ((string node, TimeHistogram time) in counters.Nodes.All)
            {
                sink.Add(counters.LabelsWith("node", node), time);
            }
        }));

        Action<MetricSink> Adaptive(Action<ServableMetrics, Servable, MetricSink> write) => sink =>
            ForEach(metrics.Models, registry.Current, (counters, entry) =>
            {
                if (entry.Servable is { Throughput: not null } servable)
                {
                    write(counters, servable, sink);
                }
            });

        Action<MetricSink> Each(Func<Servable?, long> read) => sink =>
            ForEach(metrics.Models, registry.Current, (counters, entry) => sink.Add(counters.Labels, read(entry.Servable)));
    }

    /// <summary>Assigns counters to every version of a table that is about to be published.</summary>
    public void Follow(ServableTable table)
    {
        series.Follow([.. table.Models.Select(static model =>
            (
                model.Name,
                model.Versions.Where(static entry => entry.State != ServableState.End).Select(static entry => entry.Version).ToArray()))]);
        foreach (ModelEntry model in table.Models)
        {
            foreach (VersionEntry entry in model.Versions)
            {
                if (entry.Servable is { Metrics: null } fresh)
                {
                    fresh.Metrics = series.Find(model.Name, entry.Version);
                    if (fresh.Composition is { } composition)
                    {
                        composition.Metrics = fresh.Metrics;
                        ShowGraph(composition);
                    }

                    if (fresh.Language is not null)
                    {
                        fresh.Metrics?.Text.Show();
                    }
                }
            }
        }
    }

    private static void ShowGraph(ServableComposition composition)
    {
        if (composition.IsGraph)
        {
            composition.Metrics?.Text.ShowAsGraph();
        }
    }

    /// <summary>The counters of the version that a caller named, in any state; null if there is none.</summary>
    public ServableMetrics? Find(ServableTable table, string name, string versionText)
    {
        if (table.FindModel(name) is not { Versions.IsEmpty: false } model)
        {
            return null;
        }

        long version = 0;
        bool isNumber = versionText.Length == 0
            || long.TryParse(versionText, NumberStyles.None, CultureInfo.InvariantCulture, out version);
        return isNumber ? series.Find(name, version != 0 ? version : (model.Default ?? model.Versions[^1]).Version) : null;
    }

    /// <summary>Visits every version that has counters, in the order of names.</summary>
    internal static void ForEach(ModelSeries series, ServableTable table, Action<ServableMetrics, VersionEntry> visit)
    {
        foreach (ModelEntry model in table.Models.OrderBy(static model => model.Name, StringComparer.Ordinal))
        {
            foreach (VersionEntry entry in model.Versions)
            {
                if (series.Find(model.Name, entry.Version) is { } counters)
                {
                    visit(counters, entry);
                }
            }
        }
    }
}
