using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Sequences;
using Ovms.Status;
using static Ovms.Tests.Serving.Sequences.Accumulator;

namespace Ovms.Tests.Serving.Sequences;

public sealed class SequenceTableTests
{
    [Test]
    public async Task InterleavedSequences_KeepTheirOwnSums()
    {
        using SequenceTable table = NewTable();
        await Assert.That((await table.StepAsync(Start(1), 1)).Value).IsEqualTo(1f);
        await Assert.That((await table.StepAsync(Start(2), 10)).Value).IsEqualTo(10f);
        await Assert.That((await table.StepAsync(Continue(1), 2)).Value).IsEqualTo(3f);
        await Assert.That((await table.StepAsync(Continue(2), 20)).Value).IsEqualTo(30f);
        await Assert.That((await table.StepAsync(End(1), 3)).Value).IsEqualTo(6f);
        await Assert.That((await table.StepAsync(End(2), 30)).Value).IsEqualTo(60f);
        await Assert.That(table.Count).IsEqualTo(0);
    }

    [Test]
    public async Task SequenceThatStartsAgainUnderItsId_StartsFromTheBeginning()
    {
        using SequenceTable table = NewTable();
        await table.StepAsync(Start(7), 5);
        await table.StepAsync(End(7), 5);
        await Assert.That((await table.StepAsync(Start(7), 1)).Value).IsEqualTo(1f);
    }

    [Test]
    public async Task SequenceOfOneCall_LeavesNothing()
    {
        using SequenceTable table = NewTable();
        await Assert.That((await table.StepAsync(new SequenceStep(new SequenceId(3), IsStart: true, IsEnd: true), 4)).Value).IsEqualTo(4f);
        await Assert.That(table.Count).IsEqualTo(0);
    }

    [Test]
    public async Task EndedSequence_FreesItsInferRequest()
    {
        using SequenceTable table = NewTable();
        InferSlot slot = await table.HoldAsync(new SequenceStep(new SequenceId(3), IsStart: true, IsEnd: true));
        await AddAsync(slot, 1);
        slot.Return();
        await Assert.That(() => slot.GetOutput(0)).Throws<ObjectDisposedException>();
    }

    [Test]
    public async Task CallersWithoutAnId_GetDifferentOnesThatJsonHolds()
    {
        using SequenceTable table = NewTable();
        HashSet<ulong> ids = [];
        for (int i = 0; i < 50; i++)
        {
            InferSlot slot = await table.HoldAsync(Start());
            ids.Add(slot.Sequence!.Value.Number);
            await AddAsync(slot, i);
            slot.Return();
        }

        await Assert.That(ids.Count).IsEqualTo(50);
        await Assert.That(ids.All(static id => id is > 0 and < 1UL << 53)).IsTrue();
        ulong first = ids.First();
        await Assert.That((await table.StepAsync(Continue(first), 100)).Value).IsEqualTo(100f);
    }

    [Test]
    public async Task NumbersAndTexts_AreDifferentIds()
    {
        using SequenceTable table = NewTable();
        SequenceStep text = new(new SequenceId(0, "5"), IsStart: true, IsEnd: false);
        await table.StepAsync(Start(5), 1);
        await Assert.That((await table.StepAsync(text, 10)).Value).IsEqualTo(10f);
        await Assert.That((await table.StepAsync(text with { IsStart = false }, 10)).Value).IsEqualTo(20f);
        await Assert.That((await table.StepAsync(Continue(5), 1)).Value).IsEqualTo(2f);
    }

    [Test]
    public async Task WrongIds_AreRefusedAndNamed()
    {
        using SequenceTable table = NewTable();
        await table.StepAsync(Start(1), 1);
        await Assert.That((await table.StepAsync(Start(1), 1)).Text).IsEqualTo("Sequence with provided ID already exists - Sequence: 1");
        await Assert.That((await table.StepAsync(Continue(2), 1)).Text).IsEqualTo("Sequence with provided ID does not exist - Sequence: 2");
        await Assert.That((await table.StepAsync(new SequenceStep(new SequenceId(0, "1"), false, true), 1)).Text).IsEqualTo("Sequence with provided ID does not exist - Sequence: \"1\"");
        await Assert.That((await table.StepAsync(Continue(0), 1)).Text).IsEqualTo("Sequence ID has not been provided in request inputs");
        await Assert.That((await table.StepAsync(End(0), 1)).Code).IsEqualTo(StatusCode.SequenceIdNotProvided);
        await Assert.That((await table.StepAsync(Continue(1), 1)).Value).IsEqualTo(2f);
    }

    [Test]
    public async Task SequenceWhoseLastCallIsOnItsWay_TakesNoMore()
    {
        using SequenceTable table = NewTable();
        await table.StepAsync(Start(1), 1);
        InferSlot last = await table.HoldAsync(End(1));
        await Assert.That((await table.StepAsync(Continue(1), 1)).Code).IsEqualTo(StatusCode.SequenceTerminated);
        await Assert.That((await table.StepAsync(Start(1), 1)).Code).IsEqualTo(StatusCode.SequenceTerminated);
        await AddAsync(last, 1);
        last.Return();
        await Assert.That((await table.StepAsync(Continue(1), 1)).Code).IsEqualTo(StatusCode.SequenceMissing);
    }

    [Test]
    public async Task CallsOfOneSequence_ComputeInTheOrderTheyCame()
    {
        using SequenceTable table = NewTable();
        InferSlot held = await table.HoldAsync(Start(1));
        Task<Outcome<InferSlot>>[] waiting = [.. Enumerable.Range(0, 8).Select(_ => table.RentAsync(Continue(1), CancellationToken.None).AsTask())];
        await Assert.That(table.Waiting).IsEqualTo(8);
        await AddAsync(held, 1);
        foreach (Task<Outcome<InferSlot>> next in waiting)
        {
            await Assert.That(next.IsCompleted).IsFalse();
            held.Return();
            held = (await next).Value!;
            await AddAsync(held, 1);
        }

        await Assert.That(await AddAsync(held, 1)).IsEqualTo(10f);
        held.Return();
        await Assert.That(table.Waiting).IsEqualTo(0);
    }

    [Test]
    public async Task SequencesBeyondTheTurns_WaitForOne()
    {
        using SequenceTable table = NewTable(turns: 2);
        InferSlot first = await table.HoldAsync(Start(1));
        InferSlot second = await table.HoldAsync(Start(2));
        Task<Outcome<InferSlot>> third = table.RentAsync(Start(3), CancellationToken.None).AsTask();
        await Assert.That(third.IsCompleted).IsFalse();
        await Assert.That((table.Size, table.InUse, table.Waiting)).IsEqualTo((2, 2, 1));

        // A call that waits for its sequence takes nobody's turn.
        Task<Outcome<InferSlot>> behind = table.RentAsync(Continue(1), CancellationToken.None).AsTask();
        await AddAsync(first, 1);
        first.Return();
        InferSlot slot = (await third).Value!;
        await AddAsync(slot, 1);
        slot.Return();
        slot = (await behind).Value!;
        await Assert.That(await AddAsync(slot, 1)).IsEqualTo(2f);
        slot.Return();
        await AddAsync(second, 1);
        second.Return();
        await Assert.That((table.Count, table.InUse, table.Waiting)).IsEqualTo((3, 0, 0));
    }

    [Test]
    public async Task CallsBeyondTheQueue_AreRefusedAtOnce()
    {
        using SequenceTable table = NewTable(turns: 1, waiters: 2);
        InferSlot held = await table.HoldAsync(Start(1));
        Task<Outcome<InferSlot>> behind = table.RentAsync(Continue(1), CancellationToken.None).AsTask();
        Task<Outcome<InferSlot>> other = table.RentAsync(Start(2), CancellationToken.None).AsTask();
        await Assert.That((await table.RentAsync(Continue(1), CancellationToken.None)).Code).IsEqualTo(StatusCode.QueueFull);
        await Assert.That((await table.RentAsync(Start(3), CancellationToken.None)).Code).IsEqualTo(StatusCode.QueueFull);
        await Assert.That(table.Count).IsEqualTo(2);
        await AddAsync(held, 1);
        held.Return();
        foreach (Task<Outcome<InferSlot>> next in (Task<Outcome<InferSlot>>[])[other, behind])
        {
            InferSlot slot = (await next).Value!;
            await AddAsync(slot, 1);
            slot.Return();
        }
    }

    [Test]
    public async Task CallThatGivesUpWaiting_ChangesNothing()
    {
        using SequenceTable table = NewTable();
        InferSlot held = await table.HoldAsync(Start(1));
        await AddAsync(held, 1);
        using CancellationTokenSource givingUp = new();
        Task<Outcome<InferSlot>> leaver = table.RentAsync(Continue(1), givingUp.Token).AsTask();
        Task<Outcome<InferSlot>> stayer = table.RentAsync(Continue(1), CancellationToken.None).AsTask();
        await givingUp.CancelAsync();
        await Assert.That(async () => await leaver).Throws<OperationCanceledException>();
        held.Return();
        InferSlot slot = (await stayer).Value!;
        await Assert.That(await AddAsync(slot, 1)).IsEqualTo(2f);
        slot.Return();
    }

    [Test]
    public async Task LastCallThatGivesUpWaiting_LeavesTheSequenceOpen()
    {
        using SequenceTable table = NewTable();
        InferSlot held = await table.HoldAsync(Start(1));
        await AddAsync(held, 1);
        using CancellationTokenSource givingUp = new();
        Task<Outcome<InferSlot>> leaver = table.RentAsync(End(1), givingUp.Token).AsTask();
        await givingUp.CancelAsync();
        await Assert.That(async () => await leaver).Throws<OperationCanceledException>();
        held.Return();
        await Assert.That((await table.StepAsync(Continue(1), 1)).Value).IsEqualTo(2f);
        await Assert.That((await table.StepAsync(End(1), 1)).Value).IsEqualTo(3f);
    }

    [Test]
    public async Task FirstCallThatGivesUpWaiting_NeverStarted()
    {
        using SequenceTable table = NewTable(turns: 1);
        InferSlot held = await table.HoldAsync(Start(1));
        using CancellationTokenSource givingUp = new();
        Task<Outcome<InferSlot>> leaver = table.RentAsync(Start(2), givingUp.Token).AsTask();
        Task<Outcome<InferSlot>> behind = table.RentAsync(Continue(2), CancellationToken.None).AsTask();
        await givingUp.CancelAsync();
        await Assert.That(async () => await leaver).Throws<OperationCanceledException>();
        Outcome<InferSlot> refused = await behind;
        await Assert.That(refused.Code).IsEqualTo(StatusCode.SequenceTerminated);
        await Assert.That(refused.Text).Contains("its first call failed or was cancelled before it was computed").And.Contains("start it again");
        await AddAsync(held, 1);
        held.Return();
        await Assert.That((await table.StepAsync(Continue(2), 1)).Code).IsEqualTo(StatusCode.SequenceMissing);
        await Assert.That((await table.StepAsync(Start(2), 1)).Value).IsEqualTo(1f);
    }

    [Test]
    public async Task FirstCallThatComputesNothing_NeverStarted()
    {
        using SequenceTable table = NewTable();
        (await table.HoldAsync(Start(1))).Return();
        await Assert.That((await table.StepAsync(Continue(1), 1)).Code).IsEqualTo(StatusCode.SequenceMissing);
    }

    [Test]
    public async Task LaterCallThatComputesNothing_ChangesNothing()
    {
        using SequenceTable table = NewTable();
        await table.StepAsync(Start(1), 1);
        (await table.HoldAsync(Continue(1))).Return();
        (await table.HoldAsync(End(1))).Return();
        await Assert.That((await table.StepAsync(Continue(1), 1)).Value).IsEqualTo(2f);
    }

    [Test]
    public async Task FailedInference_EndsTheSequenceAndNoOther()
    {
        using UnequalRows model = new();
        using SequenceTable table = new(new SequenceSettings(0, CleansIdle: true), sequence => model.MakeSlot(sequence), 2, 64);
        foreach (ulong id in (ulong[])[1, 2])
        {
            InferSlot good = await table.HoldAsync(Start(id));
            await Assert.That((await UnequalRows.InferAsync(good, 2, 2)).Status).IsEqualTo(OvStatus.Ok);
            good.Return();
        }

        InferSlot bad = await table.HoldAsync(Continue(1));
        Task<Outcome<InferSlot>> behind = table.RentAsync(Continue(1), CancellationToken.None).AsTask();
        await Assert.That((await UnequalRows.InferAsync(bad, 2, 3)).Status).IsNotEqualTo(OvStatus.Ok);
        await Assert.That((await UnequalRows.InferAsync(bad, 4, 4)).Status).IsEqualTo(OvStatus.Ok);
        bad.Return();
        Outcome<InferSlot> refused = await behind;
        await Assert.That(refused.Code).IsEqualTo(StatusCode.SequenceTerminated);
        await Assert.That(refused.Text).Contains("while it was computed, and the state is lost");
        await Assert.That((await table.RentAsync(Continue(1), CancellationToken.None)).Code).IsEqualTo(StatusCode.SequenceMissing);
        InferSlot other = await table.HoldAsync(Continue(2));
        await Assert.That((await UnequalRows.InferAsync(other, 2, 2)).Status).IsEqualTo(OvStatus.Ok);
        other.Return();
        await Assert.That((table.Count, table.InUse, table.Waiting)).IsEqualTo((1, 0, 0));
    }

    [Test]
    public async Task ManySequencesSideBySide_AllHaveTheirSums()
    {
        const int Sequences = 64;
        const int Steps = 20;
        using SequenceTable table = NewTable(turns: 4, waiters: Sequences);
        float[] sums = await Task.WhenAll(Enumerable.Range(1, Sequences).Select(async id =>
        {
            float sum = (await table.StepAsync(Start((ulong)id), id)).Value;
            for (int step = 1; step < Steps; step++)
            {
                SequenceStep next = step == Steps - 1 ? End((ulong)id) : Continue((ulong)id);
                sum = (await table.StepAsync(next, id)).Value;
            }

            return sum;
        }));
        await Assert.That(sums).IsEquivalentTo(Enumerable.Range(1, Sequences).Select(static id => (float)id * Steps));
        await Assert.That((table.Count, table.InUse, table.Waiting)).IsEqualTo((0, 0, 0));
    }
}
