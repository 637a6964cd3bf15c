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
    private long _settled = now;
    private long _busy = now;
    private long _refused = now;
    private double _refusedInFlight;
    private bool _wasBusy;

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
        int streams = Math.Max(1, Math.Min(servable.Pool.Size, servable.Devices?.Streams ?? 1));
        bool serves = form.Serving is not null;
        _busy = serves ? time : _busy;
        ArrangementFacts facts = new(
            0,
            0,
            streams,
            form.Made is not null,
            serves,
            Since(_settled, time),
            LatencyRate,
            _refusedInFlight,
            Since(_refused, time),
            Since(_busy, time));
        Window window = WindowUntil(time);
        Keep(window, (facts with { InFlight = window.InFlight }).IsBusy);
        Window[] all = _whole.Count > 0 ? [.. _whole] : [window];
        double seconds = all.Sum(static item => item.Seconds);
        Rate = all.Sum(static item => item.Answers) / seconds;
        InFlight = all.Sum(static item => item.InFlight * item.Seconds) / seconds;
        facts = facts with { Rate = Rate, InFlight = InFlight };
        if (!serves && facts.IsBusy)
        {
            LatencyRate = _whole.Count > 0 ? Rate : Math.Max(LatencyRate, Rate);
        }

        return facts;
    }

    /// <summary>The arrangement has changed.</summary>
    public void Changed(long time)
    {
        _settled = time;
        Skip(time);
    }

    /// <summary>The throughput form is compiled.</summary>
    public void Made(long time)
    {
        _busy = time;
        Skip(time);
    }

    /// <summary>The throughput form was no faster, cannot be made, or its calls failed.</summary>
    public void Refuse(long time)
    {
        (_refused, _refusedInFlight) = (time, InFlight);
        Changed(time);
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
    private void Keep(Window window, bool isBusy)
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
        int atOnce = servable.InUse + servable.Waiting;
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

    private static TimeSpan Since(long then, long now) => Stopwatch.GetElapsedTime(then, now);

    private readonly record struct Window(long Answers, double InFlight, double Seconds);
}
