using System.Diagnostics;
using Ovms.Observability;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Adaptive;

/// <summary>
/// Measures the load of all models that have a throughput form, a few times a second, and changes their arrangements. One model is
/// compiled at a time, and the forms together stay within a limit of memory.
/// </summary>
/// <param name="registry">The models.</param>
/// <param name="memory">Memory for all throughput forms together, in bytes.</param>
/// <param name="time">The source of time.</param>
/// <param name="log">Logs each change.</param>
internal sealed class AdaptiveServing(ServableRegistry registry, Func<long> memory, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<Servable, ModelLoad> _loads = [];
    private volatile Making? _making;

    /// <summary>Whether a form is being compiled, which nothing can end.</summary>
    public bool IsCompiling => _making is { Task.IsCompleted: false };

    /// <summary>Runs until cancelled.</summary>
    /// <param name="cancellation">Ends it without an exception.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(s_window, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                TryMeasure();
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }
    }

    private void TryMeasure()
    {
        try
        {
            Measure(Stopwatch.GetTimestamp());
        }
        catch (Exception surprise)
        {
            // Measuring must go on: a model could stay in the wrong arrangement for ever.
            Log.AdaptiveSurprised(log, surprise);
        }
    }

    private void Measure(long now)
    {
        HashSet<Servable> present = [];
        foreach (VersionEntry entry in registry.Current.Models.SelectMany(static model => model.Versions))
        {
            if (entry.Servable is not { Throughput: { } form } servable)
            {
                continue;
            }

            present.Add(servable);
            if (!_loads.TryGetValue(servable, out ModelLoad? load))
            {
                _loads.Add(servable, new ModelLoad(servable, now));
            }
            else if (_making is not null)
            {
                // The compilation takes time from all.
                load.Skip(now);
            }
            else if (!servable.Health.IsReady || servable.Health.HasErrors)
            {
                // Calls that fail say nothing of a form's speed. The second form may be what fails.
                load.Skip(now);
                Rest(servable.BatchForm, load, load.Batches, now);
                Rest(form, load, load.Throughput, now);
            }
            else
            {
                Take(servable, form, load, now);
            }
        }

        foreach (Servable gone in _loads.Keys.Where(servable => !present.Contains(servable)).ToArray())
        {
            _loads.Remove(gone);
        }

        // Order: last, because a window begins now; it has its length when it is measured next.
        EndMaking(now);
    }

    private void Take(Servable servable, ThroughputForm form, ModelLoad load, long now)
    {
        ArrangementFacts facts = load.Measure(now);
        ServableId id = servable.Id;
        bool isBatched = servable.BatchForm?.Serving is not null;

        // While waiting calls are computed together, nothing is measured of the other forms.
        // Just after, calls that it had taken are still being answered.
        ArrangementStep step = isBatched || load.HasJustEndedBatches(now) ? ArrangementStep.Stay : ArrangementRule.Decide(facts);
        switch (step)
        {
            case ArrangementStep.Make:
                Make(servable, form, load, load.Throughput, now);
                break;
            case ArrangementStep.UseThroughput:
                form.Serve();
                load.Changed(load.Throughput, now);
                Log.ThroughputServes(log, id.Name, id.Version, facts.InFlight, servable.Streams, servable.Requests, facts.Rate);
                break;
            case ArrangementStep.UseLatency:
                form.Rest();
                load.Changed(load.Throughput, now);
                Log.LatencyServes(log, id.Name, id.Version, facts.InFlight, servable.Streams, servable.Requests);
                break;
            case ArrangementStep.Refuse:
                form.Rest();
                load.Refuse(load.Throughput, now);
                Log.ThroughputRefused(log, id.Name, id.Version, facts.InFlight, facts.Rate, facts.LatencyRate);
                break;
            case ArrangementStep.Free:
                _ = form.FreeAsync();
                Log.ThroughputFreed(log, id.Name, id.Version, ArrangementRule.Kept.TotalMinutes);
                break;
            case ArrangementStep.Stay when servable.BatchForm is { } batches:
                TakeBatches(servable, batches, load, now);
                break;
        }
    }

    private void TakeBatches(Servable servable, ThroughputForm form, ModelLoad load, long now)
    {
        BatchFacts facts = load.MeasureBatches(form, now);
        ServableId id = servable.Id;
        switch (BatchRule.Decide(facts))
        {
            case ArrangementStep.Make:
                Make(servable, form, load, load.Batches, now);
                break;
            case ArrangementStep.UseBatches:
                form.Serve();
                load.Changed(load.Batches, now);
                int rows = form.Serving?.Batches?.MostRows ?? 0;
                Log.BatchesServe(log, id.Name, id.Version, facts.InFlight, rows, servable.Streams, servable.Requests, facts.RateAlone);
                break;
            case ArrangementStep.Compare:
                form.Rest();
                load.Changed(load.Batches, now);
                load.Batches.IsCompared = true;
                load.MeasureAnew();
                Log.BatchesCompared(log, id.Name, id.Version, facts.InFlight, facts.Rate, facts.RateAlone);
                break;
            case ArrangementStep.EndBatches:
                form.Rest();
                load.Changed(load.Batches, now);
                load.Batches.IsCompared = false;
                if (facts.InFlight < ArrangementRule.Alone)
                {
                    servable.Throughput!.Rest();
                    load.Changed(load.Throughput, now);
                }

                Log.BatchesEnd(log, id.Name, id.Version, facts.InFlight, servable.Streams, servable.Requests);
                break;
            case ArrangementStep.Refuse:
                form.Rest();
                load.Refuse(load.Batches, now);
                Log.BatchesRefused(log, id.Name, id.Version, facts.InFlight, facts.Rate, facts.RateAlone, facts.Failures);
                break;
            case ArrangementStep.Free:
                _ = form.FreeAsync();
                Log.BatchesFreed(log, id.Name, id.Version, ArrangementRule.Kept.TotalMinutes);
                break;
        }
    }

    private void Make(Servable servable, ThroughputForm form, ModelLoad load, FormHistory history, long now)
    {
        ServableId id = servable.Id;
        if (Held() + form.Bytes <= memory())
        {
            const TaskCreationOptions OwnThread = TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach;
            _making = new Making(
                servable, history, Task.Factory.StartNew(form.Make, CancellationToken.None, OwnThread, TaskScheduler.Default));
            return;
        }

        if (history == load.Throughput)
        {
            Log.NoMemoryForThroughput(log, id.Name, id.Version, form.Bytes >> 20, memory() >> 20);
        }
        else
        {
            Log.NoMemoryForBatches(log, id.Name, id.Version, form.Bytes >> 20, memory() >> 20);
        }

        load.Refuse(history, now);
    }

    private static void Rest(ThroughputForm? form, ModelLoad load, FormHistory history, long now)
    {
        if (form?.Serving is not null)
        {
            form.Rest();
            load.Refuse(history, now);
        }
    }

    private void EndMaking(long now)
    {
        if (_making is not { Task.IsCompleted: true } made)
        {
            return;
        }

        _making = null;
        string? why = made.Task.IsFaulted ? made.Task.Exception.GetBaseException().Message
            : made.Task.Result.IsOk ? null
            : made.Task.Result.Detail ?? made.Task.Result.Text;
        if (!_loads.TryGetValue(made.Servable, out ModelLoad? load))
        {
            return;
        }

        if (why is null)
        {
            load.Made(made.Form, now);
            return;
        }

        if (made.Form == load.Batches)
        {
            // It is a fact of the model, not of the load.
            load.CanBatch = false;
            Log.BatchesFailed(log, made.Servable.Id.Name, made.Servable.Id.Version, why);
        }
        else
        {
            Log.ThroughputFailed(log, made.Servable.Id.Name, made.Servable.Id.Version, made.Task.IsFaulted ? why : made.Task.Result.Text);
        }

        load.Refuse(made.Form, now);
    }

    private long Held() => _loads.Keys.Sum(static servable => BytesOf(servable.Throughput) + BytesOf(servable.BatchForm));

    private static long BytesOf(ThroughputForm? form) => form is { Made: not null } ? form.Bytes : 0;

    private sealed record Making(Servable Servable, FormHistory Form, Task<Outcome> Task);
}
