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
