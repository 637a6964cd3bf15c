using Ovms.Frontends.Connections;
using Ovms.Options;

namespace Ovms.Tests.Frontends.Connections;

public sealed class ConnectionLimitsTests
{
    [Test]
    public async Task TimeOfHeaders_IsTheOptions_AndNoneForZero()
    {
        await Assert.That(Limits(new ServerOptions { FirstRequestTimeoutSeconds = 60 }).Headers).IsEqualTo(TimeSpan.FromSeconds(60));

        // A year, and no more: Kestrel overflows on its own infinite time and then ends every request whose headers come in two pieces.
        await Assert.That(Limits(new ServerOptions { FirstRequestTimeoutSeconds = 0 }).Headers).IsEqualTo(TimeSpan.FromDays(365));
    }

    [Test]
    [Arguments(0, "the limit on open files (ulimit -n)")]
    [Arguments(100, "max_connections")]
    [Arguments(2000, "the limit on open files (ulimit -n)")]
    public async Task LimitOfAllConnections_IsNamed(int option, string name) =>
        await Assert.That(Limits(new ServerOptions { MaxConnections = (uint)option }).PlacesName).IsEqualTo(name);

    private static ConnectionLimits Limits(ServerOptions options) => ConnectionLimits.From(options, mostByFiles: 1000);
}
