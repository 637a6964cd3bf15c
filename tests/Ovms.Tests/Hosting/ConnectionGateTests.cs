using Ovms.Hosting;

namespace Ovms.Tests.Hosting;

public sealed class ConnectionGateTests
{
    [Test]
    [Arguments("Max open files            1024                 524288               files     ", 960)]
    [Arguments("Max open files            100                  100                  files     ", 50)]
    [Arguments("Max open files            1                    1                    files     ", 1)]
    [Arguments("Max open files            unlimited            unlimited            files     ", int.MaxValue)]
    [Arguments("Max processes             100                  100                  processes ", int.MaxValue)]
    public async Task Limit_LeavesFilesForOtherThingsThanConnections(string line, int expected) =>
        await Assert.That(ConnectionGate.LimitFor(["Limit                     Soft Limit           Hard Limit           Units     ", line])).IsEqualTo(expected);
}
