using Ovms.Frontends;
using Ovms.Status;

namespace Ovms.Tests.Frontends;

public sealed class RequestMemoryTests
{
    [Test]
    public async Task BeyondTheLimit_IsRefusedAndNotCounted()
    {
        RequestMemory memory = new(100, "some_quota");
        await Assert.That(memory.TryTake(60).IsOk).IsTrue();

        Outcome refused = memory.TryTake(41);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That(refused.Text).Contains("41 bytes").And.Contains("hold 60 of 100").And.Contains("some_quota");
        await Assert.That(memory.TryTake(40).IsOk).IsTrue();

        memory.Return(60);
        await Assert.That(memory.Taken).IsEqualTo(40);
    }

    [Test]
    public async Task WhatDoesNotFit_MakesNothingElseFail()
    {
        RequestMemory memory = new(100, "");
        RequestMemory connection = new RequestMemory(100, "", connectionPercent: 90).ForConnection();
        Task greedy = Task.Run(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                _ = memory.TryTake(200).IsOk | connection.TryTake(200).IsOk;
            }
        });
        int refused = 0;
        while (!greedy.IsCompleted)
        {
            foreach (RequestMemory each in new[] { memory, connection })
            {
                bool isTaken = each.TryTake(60).IsOk;
                refused += isTaken ? 0 : 1;
                each.Return(isTaken ? 60 : 0);
            }
        }

        await greedy;
        await Assert.That(refused).IsEqualTo(0);
        await Assert.That((memory.Taken, connection.Taken)).IsEqualTo((0, 0));
    }

    [Test]
    public async Task Zero_IsNoLimit() => await Assert.That(new RequestMemory(0, "").TryTake(long.MaxValue).IsOk).IsTrue();

    [Test]
    public async Task Share_GrowsOnlyByWhatIsNewAndGivesAllBackOnce()
    {
        RequestMemory memory = new(100, "");
        MemoryShare share = new(memory);
        await Assert.That(share.GrowTo(40).IsOk).IsTrue();
        await Assert.That(share.GrowTo(30).IsOk).IsTrue();
        await Assert.That(share.GrowTo(90).IsOk).IsTrue();
        await Assert.That(memory.Taken).IsEqualTo(90);
        await Assert.That(share.GrowTo(101).Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That(memory.Taken).IsEqualTo(90);

        share.Dispose();
        share.Dispose();
        await Assert.That(memory.Taken).IsEqualTo(0);
    }

    [Test]
    public async Task Connection_HoldsNoMoreThanItsShareAndTheFrontEndNoMoreThanItsLimit()
    {
        RequestMemory memory = new(1000, "some_quota", connectionPercent: 60);
        RequestMemory greedy = memory.ForConnection();
        RequestMemory other = memory.ForConnection();

        await Assert.That(greedy.TryTake(600).IsOk).IsTrue();
        Outcome refused = greedy.TryTake(1);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That(refused.Text).Contains("hold 600 of 600").And.Contains("connection_memory_percent of some_quota");
        await Assert.That(memory.Taken).IsEqualTo(600);

        // Bytes that the front end rejects do not stay on the connection's account.
        await Assert.That(other.TryTake(401).Text).Contains("hold 600 of 1000 (some_quota)");
        await Assert.That(other.TryTake(400).IsOk).IsTrue();
        other.Return(400);
        greedy.Return(600);
        await Assert.That((memory.Taken, greedy.Taken, other.Taken)).IsEqualTo((0L, 0L, 0L));
    }

    [Test]
    [Arguments(0u)]
    [Arguments(100u)]
    public async Task Connection_OfNoShareOfItsOwn_MayHoldAll(uint percent)
    {
        RequestMemory memory = new(1000, "", percent);
        await Assert.That(memory.ForConnection().TryTake(1000).IsOk).IsTrue();
        await Assert.That(memory.ForConnection().TryTake(1).IsOk).IsFalse();
        await Assert.That(new RequestMemory(0, "", 50).ForConnection().TryTake(long.MaxValue).IsOk).IsTrue();
    }

    [Test]
    public async Task Call_IsCountedWithItsFirstBytesOrWhenItWaitsForThem()
    {
        RequestMemory memory = new(100_000, "");
        MemoryShare share = new MemoryShare().Of(memory);
        await Assert.That(memory.Taken).IsEqualTo(0);
        await Assert.That(share.GrowTo(0).IsOk).IsTrue();
        await Assert.That(memory.Taken).IsEqualTo(MemoryShare.CallBytes);
        await Assert.That(share.GrowTo(1000).IsOk).IsTrue();
        await Assert.That(memory.Taken).IsEqualTo(MemoryShare.CallBytes + 1000);

        share.Release(990);
        await Assert.That(memory.Taken).IsEqualTo(MemoryShare.CallBytes + 10);
        share.Dispose();
        await Assert.That(memory.Taken).IsEqualTo(0);
    }

    [Test]
    public async Task ReservedAnswer_IsRefusedBeforeItIsMadeAndGivenBackInParts()
    {
        RequestMemory memory = new(100, "some_quota");
        using MemoryShare share = new(memory);
        await Assert.That(share.TryAddAnswer(101).Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That((share.Answer, memory.Taken)).IsEqualTo((0L, 0L));

        await Assert.That(share.TryAddAnswer(90).IsOk).IsTrue();
        share.ReleaseAnswer(60);
        await Assert.That((share.Answer, memory.Taken)).IsEqualTo((30L, 30L));
    }

    [Test]
    public async Task Answer_IsNeverRefusedAndKeepsOthersOut()
    {
        RequestMemory memory = new(100, "");
        using MemoryShare slow = new(memory);
        slow.AddAnswer(150);
        using (MemoryShare other = new(memory))
        {
            await Assert.That(other.GrowTo(1).IsOk).IsFalse();
        }

        slow.Dispose();
        await Assert.That(memory.Taken).IsEqualTo(0);
    }
}
