using Ovms.Serving.Shapes;

namespace Ovms.Tests.Serving.Shapes;

/// <summary>When a model's small inferences are slow: by the clock and by the CPU, several in a row.</summary>
public sealed class ReleasePaceTests
{
    private const int Quick = 1;
    private const int Slow = 21;

    [Test]
    public async Task ThreeSlowOnesInARow_AreTooSlow()
    {
        ReleasePace pace = new();
        await Assert.That(Add(pace, (Slow, Slow), (Slow, Slow))).IsFalse();
        await Assert.That(Add(pace, (Slow, Slow))).IsTrue();
    }

    [Test]
    public async Task QuickOne_BeginsTheCountAgain()
    {
        ReleasePace pace = new();
        await Assert.That(Add(pace, (Slow, Slow), (Slow, Slow), (Quick, Quick), (Slow, Slow), (Slow, Slow))).IsFalse();
        await Assert.That(Add(pace, (Slow, Slow))).IsTrue();
    }

    // A busy machine, and a process that computes much else in no time: neither is the model's slowness.
    [Test]
    [Arguments(1000, Quick)]
    [Arguments(Quick, 1000)]
    [Arguments(20, 20)]
    public async Task TimeWithoutTheOther_IsNotSlow(int elapsed, int computed) =>
        await Assert.That(Add(new ReleasePace(), [.. Enumerable.Repeat((elapsed, computed), 100)])).IsFalse();

    [Test]
    public async Task SlowModel_StaysLeftAlone()
    {
        ReleasePace pace = new();
        await Assert.That(Add(pace, (Slow, Slow), (Slow, Slow), (Slow, Slow), (Quick, Quick))).IsTrue();
    }

    private static bool Add(ReleasePace pace, params (int Elapsed, int Computed)[] milliseconds)
    {
        foreach ((int elapsed, int computed) in milliseconds)
        {
            pace.Add(TimeSpan.FromMilliseconds(elapsed), TimeSpan.FromMilliseconds(computed));
        }

        return pace.IsTooSlow;
    }
}
