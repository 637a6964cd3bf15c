using Ovms.Serving.Lifecycle;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>Steps that hang, as reading from a disk that is gone does.</summary>
public sealed class LookStepsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // Steps that hang never end within it, and steps that do not never fail for it.
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(20);

    [Test]
    public async Task StepThatEnds_GivesItsResultOnTheSameThread()
    {
        LookSteps steps = new(s_patience);
        HashSet<int> threads = [];
        for (int i = 0; i < 100; i++)
        {
            await Assert.That(steps.TryRun("a", () => Environment.CurrentManagedThreadId, out int thread)).IsTrue();
            threads.Add(thread);
        }

        await Assert.That(threads.Count).IsEqualTo(1);
        await Assert.That(() => steps.TryRun("a", static () => int.Parse("x"), out _)).Throws<FormatException>();
    }

    [Test]
    public async Task StepThatHangs_IsLeftBehindAndHoldsUpNoOther()
    {
        using ManualResetEventSlim answered = new();
        LookSteps steps = new(s_short);
        int runs = 0;
        bool Hang()
        {
            Interlocked.Increment(ref runs);
            return answered.Wait(s_patience);
        }

        await Assert.That(steps.TryRun("gone", Hang, out _)).IsFalse();
        steps.BeginLook();
        await Assert.That(steps.TryRun("gone", Hang, out _)).IsFalse();
        await Assert.That(Volatile.Read(ref runs)).IsEqualTo(1).Because("a second thread would hang as well");

        // What it gives later is taken when it is asked for again.
        answered.Set();
        bool result = false;
        while (!steps.TryRun("gone", Hang, out result))
        {
            await Task.Yield();
        }

        await Assert.That(result).IsTrue();
        await Assert.That(Volatile.Read(ref runs)).IsEqualTo(1);
    }

    [Test]
    public async Task ManyStepsThatHang_LeaveABoundedNumberOfThreads()
    {
        using ManualResetEventSlim answered = new();
        LookSteps steps = new(s_short);
        int runs = 0;
        for (int i = 0; i < LookSteps.MostLeftBehind + 10; i++)
        {
            steps.BeginLook();
            steps.TryRun($"{i}", () => Interlocked.Increment(ref runs) > 0 && answered.Wait(s_patience), out _);
        }

        await Assert.That(Volatile.Read(ref runs)).IsLessThanOrEqualTo(LookSteps.MostLeftBehind);
        answered.Set();
    }
}
