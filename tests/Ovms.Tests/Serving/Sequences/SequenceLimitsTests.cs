using Ovms.Serving.Requests;
using Ovms.Serving.Sequences;
using Ovms.Status;
using static Ovms.Tests.Serving.Sequences.Accumulator;

namespace Ovms.Tests.Serving.Sequences;

/// <summary>How many sequences there may be, and which go by themselves.</summary>
public sealed class SequenceLimitsTests
{
    [Test]
    public async Task LimitOfSequences_CountsThoseThatLive()
    {
        using SequenceTable table = NewTable(max: 2);
        await table.StepAsync(Start(1), 1);
        await table.StepAsync(Start(2), 1);
        Outcome<float> refused = await table.StepAsync(Start(3), 1);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.MaxSequenceNumberReached);
        await Assert.That(refused.Text).StartsWith("Max sequence number has been reached. Could not create new sequence. - There are 2");
        await table.StepAsync(End(1), 1);
        await Assert.That((await table.StepAsync(Start(3), 1)).IsOk).IsTrue();
    }

    [Test]
    public async Task LimitOfNothing_IsNoLimit()
    {
        using SequenceTable table = NewTable(max: 0);
        for (ulong id = 1; id <= 600; id++)
        {
            await Assert.That((await table.StepAsync(Start(id), id)).Value).IsEqualTo((float)id);
        }

        await Assert.That(table.Count).IsEqualTo(600);
    }

    [Test]
    public async Task SequenceWithoutCallsFromSweepToSweep_IsRemoved()
    {
        using SequenceTable table = NewTable(max: 2);
        await table.StepAsync(Start(1), 1);
        await table.StepAsync(Start(2), 1);
        await Assert.That(table.Sweep()).IsEqualTo(0);
        await table.StepAsync(Continue(2), 1);
        await Assert.That(table.Sweep()).IsEqualTo(1);
        await Assert.That((await table.StepAsync(Continue(1), 1)).Code).IsEqualTo(StatusCode.SequenceMissing);
        await Assert.That((await table.StepAsync(Start(3), 1)).IsOk).IsTrue();
        await Assert.That((await table.StepAsync(Continue(2), 1)).Value).IsEqualTo(3f);
    }

    [Test]
    public async Task SequenceWithACallInIt_IsNotIdle()
    {
        using SequenceTable table = NewTable();
        InferSlot held = await table.HoldAsync(Start(1));
        await AddAsync(held, 1);
        await Assert.That((table.Sweep(), table.Sweep(), table.Sweep())).IsEqualTo((0, 0, 0));
        held.Return();
        await Assert.That((table.Sweep(), table.Sweep())).IsEqualTo((0, 1));
    }

    [Test]
    public async Task ModelThatIsNotCleaned_KeepsIdleSequences()
    {
        using SequenceTable table = NewTable(cleansIdle: false);
        await table.StepAsync(Start(1), 1);
        await Assert.That((table.Sweep(), table.Sweep(), table.Sweep())).IsEqualTo((0, 0, 0));
        await Assert.That((await table.StepAsync(Continue(1), 1)).Value).IsEqualTo(2f);
    }
}
