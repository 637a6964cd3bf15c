using System.Diagnostics;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;

namespace Ovms.Serving.Adaptive;

/// <summary>The measured load of one servable, and how its arrangement came to be. Used by one thread.</summary>
/// <param name="servable">The servable.</param>
/// <param name="now">The time, in ticks of <see cref="Stopwatch"/>.</param>
internal sealed class ModelLoad(Servable servable, long now)
{
    // With fewer answers in a window, the number of calls in flight now says more than their durations.
    private const int FewAnswers = 4;

    private long _last = now;
    private CallTotals _seen = servable.Statistics.Read();
    private (long Answered, long Failed) _counted = servable.Statistics.Counted;
    private long _settled = now;
    private long _busy = now;
    private long _refused = now;
    private double _refusedInFlight;

    /// <summary>Calls a second that the first form reached while calls waited; 0 if not measured.</summary>
    public double LatencyRate { get; private set; }

    /// <summary>Calls a second in the latest window.</summary>
    public double Rate { get; private set; }

    /// <summary>Calls in flight in the latest window.</summary>
    public double InFlight { get; private set; }

    /// <summary>Measures the time since the last call of this method.</summary>
    public ArrangementFacts Measure(long time)
    {
        ThroughputForm form = servable.Throughput!;
        CountSince(time);
        int streams = Math.Max(1, Math.Min(servable.Pool.Size, servable.Devices?.Streams ?? 1));
        bool serves = form.Serving is not null;
        _busy = serves ? time : _busy;
        ArrangementFacts facts = new(
            InFlight,
            Rate,
            streams,
            form.Made is not null,
            serves,
            Since(_settled, time),
            LatencyRate,
            _refusedInFlight,
            Since(_refused, time),
            Since(_busy, time));
        if (!serves && facts.IsBusy)
        {
            LatencyRate = Rate;
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
    }

    private void CountSince(long time)
    {
        double seconds = Since(_last, time).TotalSeconds;
        _last = time;
        int atOnce = servable.InUse + servable.Waiting;
        (long Answered, long Failed) counted = servable.Statistics.Counted;
        if (counted == _counted)
        {
            (Rate, InFlight) = (0, atOnce);
            return;
        }

        _counted = counted;
        CallTotals totals = servable.Statistics.Read();
        long answers = totals.Success.Count - _seen.Success.Count;
        double inside = (totals.Success.Nanoseconds - _seen.Success.Nanoseconds) / 1e9;
        _seen = totals;
        Rate = answers / seconds;

        // By Little's law: as long as all calls together were inside, so many were inside at a time.
        InFlight = answers >= FewAnswers ? inside / seconds : atOnce;
    }

    private static TimeSpan Since(long then, long time) => Stopwatch.GetElapsedTime(then, time);
}
