using Ovms.Observability;

namespace Ovms.Tests.Observability;

/// <summary>How long the process runs, whatever is done to the wall clock.</summary>
public class ProcessAgeTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task WallClock_IsAskedOnce()
    {
        Clock clock = new() { Wall = s_start + TimeSpan.FromSeconds(3) };
        ProcessAge age = new(clock, s_start);
        clock.Wall = s_start - TimeSpan.FromDays(1);
        clock.Steady = TimeSpan.FromSeconds(4);
        await Assert.That(age.Now).IsEqualTo(TimeSpan.FromSeconds(7));
        await Assert.That(age.Started).IsEqualTo(s_start);
    }

    [Test]
    public async Task ClockThatWasSetBackBefore_IsNoNegativeAge()
    {
        Clock clock = new() { Wall = s_start - TimeSpan.FromHours(1) };
        await Assert.That(new ProcessAge(clock, s_start).Now).IsEqualTo(TimeSpan.Zero);
    }

    [Test]
    public async Task Own_GrowsFromTheProcessStart()
    {
        TimeSpan now = ProcessAge.Own.Now;
        await Assert.That(now).IsGreaterThan(TimeSpan.Zero);
        await Assert.That(ProcessAge.Own.Now).IsGreaterThanOrEqualTo(now);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Wall { get; set; }

        public TimeSpan Steady { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Steady.Ticks;
    }
}
