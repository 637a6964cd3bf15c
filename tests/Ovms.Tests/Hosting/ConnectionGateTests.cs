using Ovms.Hosting;

namespace Ovms.Tests.Hosting;

public sealed class ConnectionGateTests
{
    [Test]
    [Arguments(1024L, 960)]
    [Arguments(100L, 50)]
    [Arguments(1L, 1)]
    [Arguments(long.MaxValue, int.MaxValue)]
    [Arguments(null, int.MaxValue)]
    public async Task Limit_LeavesFilesForOtherThingsThanConnections(long? openFiles, int expected) =>
        await Assert.That(ConnectionGate.LimitFor(openFiles)).IsEqualTo(expected);
}
