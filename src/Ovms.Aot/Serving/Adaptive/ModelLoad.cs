using System.Diagnostics;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;

namespace Ovms.Serving.Adaptive;

/// <summary>The measured load of one servable, and how its arrangement came to be. Used by one thread.</summary>
/// <param name="servable">The servable.</param>
/// <param name="now">The time, in ticks of <see cref="Stopwatch"/>.</param>
internal sealed class ModelLoad(Servable servable, long now)
{
    // With fewer answers, the number of calls in flight now says more than their durations.
    private const int FewAnswers = 4;

    // Windows that are measured together: a single one has a dozen answers of a slow model.
    private const int Together = 4;

    // Windows of many calls that also began and ended with many.
    private readonly Queue<Window> _whole = new();
    private Window? _latest;
    private long _last = now;
    private CallTotals _seen = servable.Statistics.Read();
    private (long Answered, long Failed) _counted = servable.Statistics.Counted;
    private readonly long _began = now;

    // While each call is computed alone, and together.
    private readonly MeanRate _alone = new();
    private readonly MeanRate _together = new();
    private bool _wasBusy;

    /// <summary>How the throughput form came to serve or not.</summary>
    public FormHistory Throughput { get; } = new(now);

    /// <summary>The same of the form that computes waiting calls together.</summary>
    public FormHistory Batches { get; } = new(now);

    /// <summary>Whether waiting calls may be computed together, as far as is known.</summary>
    public bool CanBatch { get; set; } = true;

    /// <summary>Calls a second that the first form reached while calls waited; 0 if not measured.</summary>
    public double LatencyRate { get; private set; }

    /// <summary>Calls a second in the latest windows.</summary>
    public double Rate { get; private set; }

    /// <summary>Calls in flight in the latest windows.</summary>
    public double InFlight { get; private set; }

    /// <summary>Measures the time since the last call of this method.</summary>
    public ArrangementFacts Measure(long time)
    {
        ThroughputForm form = servable.Throughput!;
        bool serves = form.Serving is not null;
        bool batches = servable.BatchForm?.Serving is not null;
        Throughput.Busy = serves ? time : Throughput.Busy;
        Batches.Busy = batches ? time : Batches.Busy;
        ArrangementFacts facts = new(
            0,
            0,
            StreamsOf(servable),
            form.Made is not null,
            serves,
            Since(Throughput.Settled, time),
            LatencyRate,
            Throughput.RefusedInFlight,
            Since(Throughput.Refused, time),
            Since(Throughput.Busy, time));
        Window window = WindowUntil(time);
        Keep(window, (facts with { InFlight = window.InFlight }).IsBusy, batches ? _together : _alone);
        Window[] all = _whole.Count > 0 ? [.. _whole] : [window];
        double seconds = all.Sum(static item => item.Seconds);
        Rate = all.Sum(static item => item.Answers) / seconds;
        InFlight = all.Sum(static item => item.InFlight * item.Seconds) / seconds;
        facts = facts with { Rate = Rate, InFlight = InFlight };
        if (!serves && !batches && facts.IsBusy)
        {
            LatencyRate = _whole.Count > 0 ? Rate : Math.Max(LatencyRate, Rate);
        }

        if (!batches && !facts.IsBusy)
        {
            _alone.Reset();
        }

        return facts;
    }

    /// <summary>What <see cref="Measure"/> has measured, for the choice whether waiting calls are computed together.</summary>
    /// <param name="form">The form that computes them so.</param>
    /// <param name="time">The time of the measurement.</param>
    public BatchFacts MeasureBatches(ThroughputForm form, long time) => new(
        InFlight,
        _together.Windows > 0 ? _together.Value : Rate,
        StreamsOf(servable.Throughput?.Serving ?? servable),
        CanBatch,
        form.Made is not null,
        form.Serving is not null,
        Since(Batches.Settled, time),
        _alone.Windows >= Together && (form.Serving is not null || _whole.Count == Together) ? _alone.Value : 0,
        Batches.RefusedInFlight,
        Since(Batches.Refused, time),
        Since(Batches.Busy, time),
        Batches.IsCompared,
        form.Serving?.Batches is { } batches ? batches.Failures - Batches.FailuresBefore : 0);

    /// <summary>Whether waiting calls were computed together until a moment ago.</summary>
    public bool HasJustEndedBatches(long time) => Batches.Settled != _began && Since(Batches.Settled, time) < ArrangementRule.Trial;

    /// <summary>What was measured of calls alone does not count any more.</summary>
    public void MeasureAnew() => _alone.Reset();

    /// <summary>Another form computes new calls.</summary>
    /// <param name="form">Its history: <see cref="Throughput"/> or <see cref="Batches"/>.</param>
    /// <param name="time">Now.</param>
    public void Changed(FormHistory form, long time)
    {
        form.Settled = time;
        form.TriedInFlight = InFlight;
        form.FailuresBefore = servable.BatchForm?.Made?.Batches?.Failures ?? 0;
        if (form == Throughput)
        {
            _alone.Reset();
        }
        else
        {
            _together.Reset();

            // What serves again is not judged by calls that the other form has begun.
            Throughput.Settled = time;
        }

        Skip(time);
    }

    /// <summary>A form is compiled.</summary>
    public void Made(FormHistory form, long time)
    {
        form.Busy = time;
        Skip(time);
    }

    /// <summary>A form was no faster, cannot be made, or its calls failed.</summary>
    public void Refuse(FormHistory form, long time)
    {
        // Fewer may be in flight now than when it was tried, because their callers do not keep up with it.
        (form.Refused, form.RefusedInFlight) = (time, Math.Max(InFlight, form.TriedInFlight));
        Changed(form, time);
    }

    /// <summary>What happens until now is not measured: something else used the machine.</summary>
    public void Skip(long time)
    {
        _last = time;
        _seen = servable.Statistics.Read();
        _whole.Clear();
        _latest = null;
    }

    // A window counts when the next one has many calls too.
    private void Keep(Window window, bool isBusy, MeanRate mean)
    {
        if (!isBusy)
        {
            _whole.Clear();
            _latest = null;
        }
        else if (_wasBusy)
        {
            if (_latest is { } before)
            {
                _whole.Enqueue(before);
                mean.Add(before.Answers, before.Seconds);
            }

            if (_whole.Count > Together)
            {
                _whole.Dequeue();
            }

            _latest = window;
        }

        _wasBusy = isBusy;
    }

    private Window WindowUntil(long time)
    {
        double seconds = Since(_last, time).TotalSeconds;
        _last = time;
        int atOnce = servable.InUse + servable.Waiting + (servable.BatchForm?.Made?.Batches?.Guests ?? 0);
        (long Answered, long Failed) counted = servable.Statistics.Counted;
        if (counted == _counted)
        {
            return new Window(0, atOnce, seconds);
        }

        _counted = counted;
        CallTotals totals = servable.Statistics.Read();
        long answers = totals.Success.Count - _seen.Success.Count;
        double inside = (totals.Success.Nanoseconds - _seen.Success.Nanoseconds) / 1e9;
        _seen = totals;

        // By Little's law: as long as all calls together were inside, so many were inside at a time.
        return new Window(answers, answers >= FewAnswers ? inside / seconds : atOnce, seconds);
    }

    private static int StreamsOf(Servable form) => Math.Max(1, Math.Min(form.Pool.Size, form.Devices?.Streams ?? 1));

    private static TimeSpan Since(long then, long now) => Stopwatch.GetElapsedTime(then, now);

    private readonly record struct Window(long Answers, double InFlight, double Seconds);
}
