using Ovms.Frontends.Grpc;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Grpc;

public sealed class RequestMemoryTests
{
    [Test]
    public async Task BeyondTheLimit_IsRefusedAndNotCounted()
    {
        RequestMemory memory = new(100);
        await Assert.That(memory.TryTake(60).IsOk).IsTrue();

        Outcome refused = memory.TryTake(41);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That(refused.Text).Contains("41 bytes").And.Contains("hold 60 of 100").And.Contains("grpc_memory_quota");
        await Assert.That(memory.TryTake(40).IsOk).IsTrue();

        memory.Return(60);
        await Assert.That(memory.Taken).IsEqualTo(40);
    }

    [Test]
    public async Task Zero_IsNoLimit() => await Assert.That(new RequestMemory(0).TryTake(long.MaxValue).IsOk).IsTrue();
}
