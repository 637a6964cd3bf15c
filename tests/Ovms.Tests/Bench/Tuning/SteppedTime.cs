namespace Ovms.Tests.Bench.Tuning;

/// <summary>A clock that moves when a test says so; timers of <see cref="CancellationTokenSource"/> fire then.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly List<(long Due, TimerCallback Callback, object? State)> _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Step(TimeSpan time)
    {
        _now += time.Ticks;
        foreach ((long due, TimerCallback callback, object? state) in _timers.Where(timer => timer.Due <= _now).ToArray())
        {
            _timers.Remove((due, callback, state));
            callback(state);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Add((_now + dueTime.Ticks, callback, state));
        return new Nothing();
    }

    private sealed class Nothing : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
