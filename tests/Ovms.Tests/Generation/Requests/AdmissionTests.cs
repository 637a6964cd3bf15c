using Ovms.Generation.Requests;
using Ovms.Status;
using Ovms.Tests.Generation.Scheduling;

namespace Ovms.Tests.Generation.Requests;

public sealed class AdmissionTests
{
    [Test]
    public async Task Sequences_AreBounded()
    {
        Admission admission = new(running: 4, waiting: 3, new EngineClock());
        await Assert.That(admission.TryEnter(5).Code).IsEqualTo(StatusCode.GenerationInvalid);
        await Assert.That(admission.TryEnter(4).IsOk && admission.TryEnter(2).IsOk).IsTrue();
        await Assert.That(admission.TryEnter(2).Code).IsEqualTo(StatusCode.GenerationQueueFull);
        await Assert.That((admission.TryEnter(1).IsOk, admission.TryEnter(1).IsOk, admission.Sequences)).IsEqualTo((true, false, 7));
        admission.Leave();
        await Assert.That(admission.TryEnter(1).IsOk).IsTrue();
    }

    // A queue of 40 sequences of which one ends every so many seconds: a tenth of it ends in four times as long.
    [Test]
    [Arguments(0.1, 1)]
    [Arguments(2.0, 8)]
    [Arguments(50.0, 60)]
    public async Task RetryAfter_FollowsTheRateAtWhichSequencesEnd(double secondsEach, int expected)
    {
        EngineClock clock = new();
        Admission admission = new(running: 4, waiting: 40, clock);
        admission.TryEnter(4);
        for (int i = 0; i < 40; i++)
        {
            admission.TryEnter(1);
        }

        for (int i = 0; i < 200; i++)
        {
            clock.Move(secondsEach);
            admission.Leave();
            admission.TryEnter(1);
        }

        await Assert.That(admission.RetryAfter).IsEqualTo(TimeSpan.FromSeconds(expected));
    }
}
