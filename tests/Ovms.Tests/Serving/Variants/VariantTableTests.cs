using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Serving.Variants;
using Ovms.Status;

namespace Ovms.Tests.Serving.Variants;

public sealed class VariantTableTests
{
    [Test]
    public async Task ManyCallersOfOneShape_AreServedByOneCompilation()
    {
        MadeVariants variants = new();
        variants.Hold(3);
        Task[] callers = [.. Enumerable.Range(0, 10).Select(_ => variants.UseAsync(3))];
        await variants.BegunAsync(3);
        await Assert.That(variants.Table.Waiting).IsEqualTo(10);
        variants.Release(3);
        await Task.WhenAll(callers);
        await variants.UseAsync(3);
        await Assert.That(variants.Made).IsEquivalentTo([3L]);
        await Assert.That(variants.Table.Waiting).IsEqualTo(0);
        await variants.EndAsync();
    }

    [Test]
    public async Task WhatIsThere_IsServedWhileAnotherIsMade_AndOneIsMadeAtATime()
    {
        MadeVariants variants = new();
        await variants.UseAsync(1);
        variants.Hold(2);
        Task second = variants.UseAsync(2);
        await variants.BegunAsync(2);
        Task[] others = [.. Enumerable.Range(3, 4).Select(size => variants.UseAsync(size))];
        await variants.UseAsync(1);
        await Assert.That(second.IsCompleted).IsFalse();
        variants.Release(2);
        await Task.WhenAll([second, .. others]);
        await Assert.That(variants.Made).IsEquivalentTo([1L, 2, 3, 4, 5, 6]);
        await Assert.That(variants.MostAtATime).IsEqualTo(1);
        await variants.EndAsync();
    }

    [Test]
    public async Task DroppedVariant_EndsItsCalls_AndIsMadeAnewByTheNextOne()
    {
        MadeVariants variants = new();
        await variants.UseAsync(1);
        await variants.UseAsync(2);
        ServableLease call = (await variants.LeaseAsync(1)).Value!;
        Servable first = call.Servable;
        await Assert.That(variants.Table.Drop(first)).IsTrue();
        await Assert.That(variants.Table.Drop(first)).IsFalse();
        await Assert.That(variants.Table.ToArray()).HasSingleItem();
        await Assert.That(first.Drained.IsCompleted).IsFalse();
        await variants.UseAsync(2);
        call.Dispose();
        await variants.UseAsync(1);
        await Assert.That(first.Drained.IsCompleted).IsTrue();
        await Assert.That(variants.Made).IsEquivalentTo([1L, 2, 1]);
        await variants.EndAsync();
    }

    [Test]
    public async Task ThoseNotUsedForLongest_MakeRoom()
    {
        MadeVariants variants = new();
        for (long size = 1; size <= VariantTable.Capacity; size++)
        {
            await variants.UseAsync(size);
        }

        await variants.UseAsync(1);
        await variants.UseAsync(100);
        await variants.UseAsync(101);
        await variants.UseAsync(1);
        await Assert.That(variants.Table.Sum(static _ => 1)).IsEqualTo(VariantTable.Capacity);
        await variants.UseAsync(2);
        await Assert.That(variants.Made.Count(static size => size == 1)).IsEqualTo(1);
        await Assert.That(variants.Made.Count(static size => size == 2)).IsEqualTo(2);
        await variants.EndAsync();
        await Assert.That(string.Join(' ', variants.Dropped)).IsEqualTo("2 3 4");
    }

    [Test]
    public async Task DroppedVariant_LivesForItsLastCall_AndTheNextIsMadeAfterThat()
    {
        MadeVariants variants = new();
        ServableLease oldest = (await variants.LeaseAsync(1)).Value!;
        for (long size = 2; size <= VariantTable.Capacity + 1; size++)
        {
            await variants.UseAsync(size);
        }

        variants.Hold(100);
        Task next = variants.UseAsync(100);
        InferSlot slot = (await oldest.Servable.Pool.RentAsync(CancellationToken.None)).Value!;
        await Assert.That(await DummyServable.InferAsync(slot, 1)).IsEqualTo(2f);
        slot.Return();
        await Assert.That(variants.Made).DoesNotContain(100L);
        Task freed = oldest.Servable.Drained;
        oldest.Dispose();
        await variants.BegunAsync(100);
        await Assert.That(freed.IsCompletedSuccessfully).IsTrue();
        variants.Release(100);
        await next;
        await variants.EndAsync();
    }

    [Test]
    public async Task ShapesThatFail_AreRememberedForAWhile()
    {
        MadeVariants variants = new();
        variants.Spoil(5, "it has five");
        Outcome<ServableLease>[] failed = [await variants.LeaseAsync(5), await variants.LeaseAsync(5)];
        await Assert.That(failed.Select(static outcome => outcome.Text)).IsEquivalentTo(Enumerable.Repeat("Model could not be reshaped with requested shape - it has five", 2));
        await Assert.That(variants.Made.Count).IsEqualTo(1);
        variants.Clock.Advance(FailedShapes.Memory);
        variants.Spoil(5, null);
        await variants.UseAsync(5);
        await variants.EndAsync();
    }

    [Test]
    public async Task FailuresRemembered_AreBounded()
    {
        MadeVariants variants = new();
        for (long size = 0; size <= FailedShapes.Capacity; size++)
        {
            variants.Spoil(size, "no");
            await variants.LeaseAsync(size);
        }

        await variants.LeaseAsync(1);
        await Assert.That(variants.Made.Count).IsEqualTo(FailedShapes.Capacity + 1);
        await variants.LeaseAsync(0);
        await Assert.That(variants.Made.Count).IsEqualTo(FailedShapes.Capacity + 2);
        await variants.EndAsync();
    }

    [Test]
    public async Task Surprise_IsTheWaitersFailure_AndTheNextIsMade()
    {
        MadeVariants variants = new();
        variants.Spoil(1, "");
        await Assert.That((await variants.LeaseAsync(1)).Text).IsEqualTo("Internal server error - a surprise");
        await variants.UseAsync(2);
        await variants.EndAsync();
    }

    [Test]
    public async Task WaitersAreBounded_AndOneWhoGivesUpMakesRoom()
    {
        MadeVariants variants = new(waiters: 2);
        variants.Hold(1);
        Task first = variants.UseAsync(1);
        await variants.BegunAsync(1);
        using CancellationTokenSource givingUp = new();
        Task<Outcome<ServableLease>> leaver = variants.LeaseAsync(2, givingUp.Token);
        Outcome<ServableLease> refused = await variants.LeaseAsync(1);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.QueueFull);
        await givingUp.CancelAsync();
        await Assert.That(async () => await leaver).Throws<OperationCanceledException>();
        Task third = variants.UseAsync(3);
        variants.Release(1);
        await Task.WhenAll(first, third);

        // Nobody waited for the second any more.
        await Assert.That(variants.Made).IsEquivalentTo([1L, 3]);
        await variants.EndAsync();
    }

    [Test]
    public async Task VariantThatNobodyWaitsForAnyMore_IsKept()
    {
        MadeVariants variants = new();
        variants.Hold(1);
        using CancellationTokenSource givingUp = new();
        Task<Outcome<ServableLease>> leaver = variants.LeaseAsync(1, givingUp.Token);
        await variants.BegunAsync(1);
        await givingUp.CancelAsync();
        await Assert.That(async () => await leaver).Throws<OperationCanceledException>();
        variants.Release(1);
        await variants.UseAsync(1);
        await Assert.That(variants.Made.Count).IsEqualTo(1);
        await variants.EndAsync();
    }

    [Test]
    public async Task End_WaitsForTheCompilationUnderWay_AndForCalls()
    {
        MadeVariants variants = new();
        ServableLease lease = (await variants.LeaseAsync(1)).Value!;
        variants.Hold(2);
        using CancellationTokenSource givingUp = new();
        Task<Outcome<ServableLease>> leaver = variants.LeaseAsync(2, givingUp.Token);
        await variants.BegunAsync(2);
        await givingUp.CancelAsync();
        await Assert.That(async () => await leaver).Throws<OperationCanceledException>();
        Task end = variants.EndAsync();
        await Assert.That(end.IsCompleted).IsFalse();
        variants.Release(2);
        await Assert.That(end.IsCompleted).IsFalse();
        Servable held = lease.Servable;
        lease.Dispose();
        await end;
        await Assert.That(held.Drained.IsCompletedSuccessfully).IsTrue();
    }

    [Test]
    public async Task ManyShapesAndCallersWhoSomeGiveUp_LoseNothing()
    {
        MadeVariants variants = new(waiters: 1000);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            for (int call = 0; call < 60; call++)
            {
                using CancellationTokenSource patience = new();
                Task<Outcome<ServableLease>> leasing = variants.LeaseAsync(random.Next(1, 14), patience.Token);
                if (random.Next(3) == 0)
                {
                    await patience.CancelAsync();
                }

                try
                {
                    using ServableLease lease = (await leasing).Value!;
                    await Task.Yield();
                }
                catch (OperationCanceledException)
                {
                }
            }
        })));
        await Assert.That(variants.Table.Waiting).IsEqualTo(0);
        await Assert.That(variants.MostAtATime).IsEqualTo(1);
        await Assert.That(variants.Table.Sum(static _ => 1)).IsLessThanOrEqualTo(VariantTable.Capacity);

        // Every lease was given back: nothing keeps a variant.
        await variants.EndAsync();
    }
}
