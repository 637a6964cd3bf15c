using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>A clock that the test moves; its timers fire when the test says so.</summary>
internal sealed class EngineClock : TimeProvider
{
    private readonly ManualTime _timers = new();
    private long _now = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _timers.CreateTimer(callback, state, dueTime, period);

    public void Move(double seconds)
    {
        Interlocked.Add(ref _now, (long)(seconds * TimeSpan.TicksPerSecond));
        _timers.Tick();
    }
}
