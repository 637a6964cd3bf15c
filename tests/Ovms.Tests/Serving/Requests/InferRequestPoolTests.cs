using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Requests;

public sealed class InferRequestPoolTests
{
    [Test]
    public async Task IdleRequest_IsRentedAtOnceAndCounted()
    {
        using LoadedModel model = DummyServable.Load(requests: 2, waiters: 1);
        ValueTask<Outcome<InferSlot>> first = model.Pool.RentAsync(CancellationToken.None);
        await Assert.That(first.IsCompletedSuccessfully).IsTrue();
        InferSlot slot = (await first).Value!;
        await Assert.That(model.Pool.InUse).IsEqualTo(1);
        await Assert.That(await DummyServable.InferAsync(slot, 41)).IsEqualTo(42f);
        slot.Return();
        await Assert.That(model.Pool.InUse).IsEqualTo(0);
    }

    [Test]
    public async Task Waiters_AreServedInTheOrderTheyCame()
    {
        using LoadedModel model = DummyServable.Load(requests: 1, waiters: 8);
        InferSlot held = (await model.Pool.RentAsync(CancellationToken.None)).Value!;
        Task<Outcome<InferSlot>>[] waiting = [.. Enumerable.Range(0, 8).Select(_ => model.Pool.RentAsync(CancellationToken.None).AsTask())];
        await Assert.That(model.Pool.Waiting).IsEqualTo(8);
        foreach (Task<Outcome<InferSlot>> next in waiting)
        {
            await Assert.That(next.IsCompleted).IsFalse();
            held.Return();
            held = (await next).Value!;
        }

        held.Return();
        await Assert.That(model.Pool.InUse).IsEqualTo(0);
        await Assert.That(model.Pool.Waiting).IsEqualTo(0);
    }

    [Test]
    public async Task WaiterWhoGivesUp_LeavesTheQueueAndTakesNothing()
    {
        using LoadedModel model = DummyServable.Load(requests: 1, waiters: 8);
        InferSlot held = (await model.Pool.RentAsync(CancellationToken.None)).Value!;
        using CancellationTokenSource givingUp = new();
        Task<Outcome<InferSlot>> leaver = model.Pool.RentAsync(givingUp.Token).AsTask();
        Task<Outcome<InferSlot>> stayer = model.Pool.RentAsync(CancellationToken.None).AsTask();
        await givingUp.CancelAsync();
        await Assert.That(async () => await leaver).Throws<OperationCanceledException>();
        await Assert.That(model.Pool.Waiting).IsEqualTo(1);
        held.Return();
        InferSlot passedOn = (await stayer).Value!;
        await Assert.That(ReferenceEquals(passedOn, held)).IsTrue();
        passedOn.Return();
        await Assert.That(model.Pool.InUse).IsEqualTo(0);
    }

    [Test]
    public async Task PoolThatGrows_ServesItsWaitersAtOnce()
    {
        using LoadedModel model = DummyServable.Load(requests: 1, waiters: 8);
        InferRequestPool pool = (InferRequestPool)model.Pool;
        InferSlot held = (await pool.RentAsync(CancellationToken.None)).Value!;
        Task<Outcome<InferSlot>>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => pool.RentAsync(CancellationToken.None).AsTask())];
        await pool.GrowAsync(4);
        await Assert.That(pool.Size).IsEqualTo(4);
        await Assert.That(pool.InUse).IsEqualTo(4);
        foreach (Task<Outcome<InferSlot>> next in waiting)
        {
            InferSlot slot = (await next).Value!;
            await Assert.That(await DummyServable.InferAsync(slot, 1)).IsEqualTo(2f);
            slot.Return();
        }

        held.Return();
        await pool.GrowAsync(2);
        await Assert.That(pool.Size).IsEqualTo(4).Because("it does not shrink");
        await Assert.That(pool.InUse).IsEqualTo(0);
    }

    [Test]
    public async Task CallerWhoHasAlreadyGivenUp_TakesNothing()
    {
        using LoadedModel model = DummyServable.Load(requests: 1, waiters: 8);
        InferSlot held = (await model.Pool.RentAsync(CancellationToken.None)).Value!;
        await Assert.That(async () => await model.Pool.RentAsync(new CancellationToken(canceled: true))).Throws<OperationCanceledException>();
        await Assert.That(model.Pool.Waiting).IsEqualTo(0);
        held.Return();
    }

    [Test]
    public async Task QueueThatIsFull_RefusesAtOnce()
    {
        using LoadedModel model = DummyServable.Load(requests: 1, waiters: 1);
        InferSlot held = (await model.Pool.RentAsync(CancellationToken.None)).Value!;
        Task<Outcome<InferSlot>> waiting = model.Pool.RentAsync(CancellationToken.None).AsTask();
        Outcome<InferSlot> refused = await model.Pool.RentAsync(CancellationToken.None);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.QueueFull);
        held.Return();
        (await waiting).Value!.Return();
    }

    [Test]
    public async Task ManyCallersWhoSomeGiveUp_LoseNoRequest()
    {
        using LoadedModel model = DummyServable.Load(requests: 2, waiters: 1000);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            for (int call = 0; call < 200; call++)
            {
                using CancellationTokenSource patience = new();
                ValueTask<Outcome<InferSlot>> renting = model.Pool.RentAsync(patience.Token);
                if (random.Next(3) == 0)
                {
                    await patience.CancelAsync();
                }

                try
                {
                    Outcome<InferSlot> rented = await renting;
                    await Task.Yield();
                    rented.Value!.Return();
                }
                catch (OperationCanceledException)
                {
                }
            }
        })));
        await Assert.That(model.Pool.InUse).IsEqualTo(0);
        await Assert.That(model.Pool.Waiting).IsEqualTo(0);
    }
}
