using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>C++ that ends the process elsewhere costs a thread here. The counts are the process's, so these tests run alone.</summary>
[NotInParallel]
public class GuardedCallTests
{
    [Test]
    public async Task Work_IsDoneOnAnotherThread()
    {
        int worker = 0;
        GuardedEnd end = await GuardedCall.RunAsync(() => worker = Environment.CurrentManagedThreadId);

        await Assert.That(end).IsEqualTo(GuardedEnd.Done);
        await Assert.That(worker).IsNotEqualTo(Environment.CurrentManagedThreadId);
    }

    [Test]
    public async Task ExceptionOfTheWork_ReachesTheCaller() =>
        await Assert.That(static () => GuardedCall.RunAsync(static () => throw new InvalidOperationException("no")))
            .Throws<InvalidOperationException>().WithMessage("no");

    [Test]
    public async Task CallWithinACall_IsPartOfIt()
    {
        int outer = 0, inner = 0;
        await GuardedCall.RunAsync(() =>
        {
            outer = Environment.CurrentManagedThreadId;
            GuardedCall.RunAsync(() => inner = Environment.CurrentManagedThreadId).GetAwaiter().GetResult();
        });

        await Assert.That(inner).IsEqualTo(outer);
    }

    [Test]
    public async Task WorkThatDoesNotEnd_CountsUntilItEnds()
    {
        using ManualResetEventSlim end = new();
        TaskCompletionSource ended = new();
        int before = GuardedCall.LostThreads;
        GuardedEnd seen = await GuardedCall.RunAsync(
            () =>
            {
                end.Wait();
                ended.SetResult();
            },
            TimeSpan.FromMilliseconds(20));

        await Assert.That(seen).IsEqualTo(GuardedEnd.NoAnswer);
        await Assert.That(GuardedCall.LostThreads).IsEqualTo(before + 1);
        end.Set();
        await ended.Task;
        await UntilAsync(() => GuardedCall.LostThreads == before);
    }

    [Test]
    public async Task ThrowingDestructor_StopsItsThreadAndNotTheProcess()
    {
        using ThrowingLibrary library = new();
        int before = GuardedCall.LostThreads;
        GuardedEnd end = await GuardedCall.RunAsync(() => Call(library));

        await Assert.That(end).IsEqualTo(GuardedEnd.Broken);
        await Assert.That(GuardedCall.LostThreads).IsEqualTo(before + 1);

        // The runtime does not wait for the thread.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        await Assert.That(await GuardedCall.RunAsync(static () => { })).IsEqualTo(GuardedEnd.Done);

        static unsafe void Call(ThrowingLibrary library) => library.ThrowInDestructor();
    }

    [Test]
    public async Task ThrowingThreadOfTheLibrary_IsStoppedAndTold()
    {
        using ThrowingLibrary library = new();
        TaskCompletionSource told = new();
        GuardedCall.OnStrayThread(() => told.TrySetResult());
        int before = GuardedCall.LostThreads;
        GuardedEnd end = await GuardedCall.RunAsync(() => Call(library));
        await told.Task.WaitAsync(TimeSpan.FromMinutes(1));

        await Assert.That(end).IsEqualTo(GuardedEnd.Done);
        await Assert.That(GuardedCall.LostThreads).IsEqualTo(before + 1);
        GC.Collect();

        static unsafe void Call(ThrowingLibrary library) => library.ThrowInThread();
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
