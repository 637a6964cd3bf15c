namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>A clock that stands until it is moved; timers that fall due are called on the thread that moves it.</summary>
internal sealed class FakeClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _now = TimeSpan.FromDays(1);
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Told whenever a timer is set, as the loop of the manager does at the end of each step.</summary>
    public event Action? TimerSet;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long until the next timer is due; null while none is set.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_gate)
            {
                return _timers.Min(static timer => timer.DueAt) - _now;
            }
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until a timer is set.</summary>
    public async Task<TimeSpan> WhenSetAsync()
    {
        while (true)
        {
            Task set = Volatile.Read(ref _set).Task;
            if (NextDue is { } due)
            {
                return due;
            }

            await set.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    /// <summary>Moves on and calls what falls due.</summary>
    public void Advance(TimeSpan by)
    {
        Timer[] due;
        lock (_gate)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.DueAt <= _now)];
            foreach (Timer timer in due)
            {
                timer.DueAt = null;
            }
        }

        foreach (Timer timer in due)
        {
            timer.Call();
        }
    }

    private sealed class Timer(FakeClock clock, Action call) : ITimer
    {
        public TimeSpan? DueAt { get; set; }

        public void Call() => call();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool isDue;
            lock (clock._gate)
            {
                isDue = dueTime == TimeSpan.Zero;
                DueAt = isDue || dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
            }

            Interlocked.Exchange(ref clock._set, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            clock.TimerSet?.Invoke();
            if (isDue)
            {
                call();
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
