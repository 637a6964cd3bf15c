using Ovms.Serving.Shapes;

namespace Ovms.Tests.Serving.Shapes;

/// <summary>When a model's small inferences are slow: by the clock, the CPU and the large inference, several in a row.</summary>
public sealed class ReleasePaceTests
{
    private const int Quick = 1;
    private const int Slow = 21;

    [Test]
    public async Task ThreeSlowOnesInARow_AreTooSlow()
    {
        ReleasePace pace = new();
        await Assert.That(Add(pace, (Slow, Slow), (Slow, Slow))).IsTrue();
        await Assert.That(Add(pace, (Slow, Slow))).IsFalse();
    }

    [Test]
    public async Task QuickOne_BeginsTheCountAgain()
    {
        ReleasePace pace = new();
        await Assert.That(Add(pace, (Slow, Slow), (Slow, Slow), (Quick, Quick), (Slow, Slow), (Slow, Slow))).IsTrue();
        await Assert.That(Add(pace, (Slow, Slow))).IsFalse();
    }

    // A busy machine, and a process that computes much else in no time: neither is the model's slowness.
    [Test]
    [Arguments(1000, Quick)]
    [Arguments(Quick, 1000)]
    [Arguments(20, 20)]
    public async Task TimeWithoutTheOther_IsNotSlow(int elapsed, int computed) =>
        await Assert.That(Add(new ReleasePace(), [.. Enumerable.Repeat((elapsed, computed), 100)])).IsTrue();

    // A busy machine whose process sends a large answer meanwhile: the large inference took long there too.
    [Test]
    [Arguments(2000, true)]
    [Arguments(1999, false)]
    public async Task PartOfTheLargeInferencesTime_IsNotSlow(int large, bool isNext)
    {
        ReleasePace pace = new();
        for (int i = 0; i < 3; i++)
        {
            pace.Add(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(large));
        }

        await Assert.That(pace.Next()).IsEqualTo(isNext);
    }

    [Test]
    public async Task SlowModel_IsTriedAgainAfterAPause()
    {
        ReleasePace pace = new();
        Add(pace, (Slow, Slow), (Slow, Slow));
        for (int pauses = 0; pauses < 2; pauses++)
        {
            int left = Add(pace, (Slow, Slow)) ? 0 : 1;
            while (!pace.Next())
            {
                left++;
            }

            await Assert.That(left).IsEqualTo(ReleasePace.Pause);
        }

        await Assert.That(Add(pace, (Quick, Quick))).IsTrue();
    }

    // Returns whether a small inference shall follow the next large one, whose time is short.
    private static bool Add(ReleasePace pace, params (int Elapsed, int Computed)[] milliseconds)
    {
        foreach ((int elapsed, int computed) in milliseconds)
        {
            pace.Add(TimeSpan.FromMilliseconds(elapsed), TimeSpan.FromMilliseconds(computed), TimeSpan.FromMilliseconds(Quick));
        }

        return pace.Next();
    }
}
