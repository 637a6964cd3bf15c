using Ovms.Serving.Requests;

namespace Ovms.Tests.Serving.Requests;

public sealed class ShapeGateTests
{
    [Test]
    public async Task ThoseWhoShare_AreInTogether_AndOneAloneWaitsForThem()
    {
        ShapeGate gate = new();
        await gate.EnterAsync(alone: false, default);
        await gate.EnterAsync(alone: false, default);
        Task alone = gate.EnterAsync(alone: true, default).AsTask();
        gate.Leave();
        await Assert.That(alone.IsCompleted).IsFalse();
        gate.Leave();
        await alone;
    }

    [Test]
    public async Task OneAlone_KeepsAllOthersOut_AndTheyComeInOrder()
    {
        ShapeGate gate = new();
        await gate.EnterAsync(alone: true, default);
        Task first = gate.EnterAsync(alone: false, default).AsTask();
        Task second = gate.EnterAsync(alone: true, default).AsTask();
        Task third = gate.EnterAsync(alone: false, default).AsTask();
        await Assert.That(first.IsCompleted || second.IsCompleted || third.IsCompleted).IsFalse();
        gate.Leave();
        await first;
        await Assert.That(second.IsCompleted || third.IsCompleted).IsFalse();
        gate.Leave();
        await second;
        await Assert.That(third.IsCompleted).IsFalse();
        gate.Leave();
        await third;
    }

    [Test]
    public async Task WhoGivesUp_LetsThoseBehindIn()
    {
        ShapeGate gate = new();
        using CancellationTokenSource patience = new();
        await gate.EnterAsync(alone: false, default);
        Task alone = gate.EnterAsync(alone: true, patience.Token).AsTask();
        Task behind = gate.EnterAsync(alone: false, default).AsTask();
        await Assert.That(behind.IsCompleted).IsFalse();
        await patience.CancelAsync();
        await behind;
        await Assert.That(async () => await alone).Throws<OperationCanceledException>();
        gate.Leave();
        gate.Leave();
        await gate.EnterAsync(alone: true, default);
    }

    [Test]
    public async Task ManyCallers_NeverMeetOneWhoIsAlone()
    {
        ShapeGate gate = new();
        int inside = 0;
        int broken = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                bool alone = (i + caller) % 3 == 0;
                await gate.EnterAsync(alone, default);
                int now = Interlocked.Increment(ref inside);
                if (alone && now != 1)
                {
                    Interlocked.Increment(ref broken);
                }

                await Task.Yield();
                if (alone && Volatile.Read(ref inside) != 1)
                {
                    Interlocked.Increment(ref broken);
                }

                Interlocked.Decrement(ref inside);
                gate.Leave();
            }
        })));
        await Assert.That(broken).IsEqualTo(0);
        await gate.EnterAsync(alone: true, default);
    }
}
