using Ovms.Serving.Requests;

namespace Ovms.Tests.Serving.Requests;

public sealed class InferencePaceTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMicroseconds(20);
    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(3);

    [Test]
    public async Task ShortOnes_AreComputedInPlaceAfterSome()
    {
        InferencePace pace = new();
        await Assert.That(pace.IsInPlace).IsFalse();
        HandOver(pace, s_short, 8);
        await Assert.That(pace.IsInPlace).IsTrue();
        InPlace(pace, s_short, 10_000);
        await Assert.That(pace.IsInPlace).IsTrue();
    }

    [Test]
    public async Task LongOnes_StayHandedOver()
    {
        InferencePace pace = new();
        HandOver(pace, s_long, 20_000);
        await Assert.That(pace.IsInPlace).IsFalse();
    }

    [Test]
    public async Task OnesThatTurnOutLong_AreHandedOverAgain_AndTriedAgainMuchLater()
    {
        InferencePace pace = new();
        HandOver(pace, s_short, 8);
        InPlace(pace, s_long, 8);
        await Assert.That(pace.IsInPlace).IsFalse();
        HandOver(pace, s_short, 500);
        await Assert.That(pace.IsInPlace).IsFalse();
        HandOver(pace, s_short, 12);
        await Assert.That(pace.IsInPlace).IsTrue();
    }

    [Test]
    public async Task OneInterruptedByTheSystem_ChangesNothing()
    {
        InferencePace pace = new();
        HandOver(pace, s_short, 8);
        InPlace(pace, s_short, 10);
        InPlace(pace, TimeSpan.FromSeconds(1), 1);
        await Assert.That(pace.IsInPlace).IsTrue();
    }

    [Test]
    public async Task ShortOnesOnABusyMachine_AreComputedInPlaceToo()
    {
        // The thread switches of most take longer than the computation may: callers take turns on the CPUs.
        InferencePace pace = new();
        HandOver(pace, s_long, 7);
        HandOver(pace, s_short, 1);
        await Assert.That(pace.IsInPlace).IsTrue();
    }

    [Test]
    public async Task FirstInPlace_ThatIsInterrupted_DoesNotEndTheTrial()
    {
        InferencePace pace = new();
        HandOver(pace, s_short, 8);
        InPlace(pace, TimeSpan.FromSeconds(1), 1);
        await Assert.That(pace.IsInPlace).IsTrue();
    }

    [Test]
    public async Task ThirdOfThemInterrupted_ChangesNothing()
    {
        InferencePace pace = new();
        HandOver(pace, s_short, 8);
        for (int i = 0; i < 1000; i++)
        {
            InPlace(pace, s_long, 1);
            InPlace(pace, s_short, 2);
        }

        await Assert.That(pace.IsInPlace).IsTrue();
    }

    private static void HandOver(InferencePace pace, TimeSpan taken, int times)
    {
        for (int i = 0; i < times; i++)
        {
            pace.HandedOver(taken);
        }
    }

    private static void InPlace(InferencePace pace, TimeSpan taken, int times)
    {
        for (int i = 0; i < times; i++)
        {
            pace.ComputedInPlace(taken);
        }
    }
}
