using System.Net;
using Ovms.Hosting;
using Ovms.Options;

namespace Ovms.Tests.Hosting;

/// <summary>Addresses that overlap are bound once.</summary>
public class EndPointsTests
{
    [Test]
    [Arguments("0.0.0.0", "0.0.0.0")]
    [Arguments("::", "::")]
    [Arguments("0.0.0.0,::", "::")]
    [Arguments("::,0.0.0.0,127.0.0.1,::1", "::")]
    [Arguments("0.0.0.0,127.0.0.1", "0.0.0.0")]
    [Arguments("::,::1", "::")]
    [Arguments("::,127.0.0.1", "::")]
    [Arguments("0.0.0.0,::1", "0.0.0.0,::1")]
    [Arguments("127.0.0.1,::1,127.0.0.1", "127.0.0.1,::1")]
    [Arguments("::ffff:127.0.0.1,127.0.0.1", "127.0.0.1")]
    [Arguments("::ffff:0.0.0.0,127.0.0.1", "0.0.0.0")]
    [Arguments("::ffff:0.0.0.0,::", "::")]
    public async Task Covered_AreDropped(string asked, string bound) =>
        await Assert.That(Bound(asked, hasIPv6: true)).IsEqualTo(bound);

    [Test]
    public async Task BothWildcardsWithoutIPv6_ServeIPv4() =>
        await Assert.That(Bound("0.0.0.0,::", hasIPv6: false)).IsEqualTo("0.0.0.0");

    [Test]
    public async Task NamesAreLookedUp_AndPortsGoWithEach()
    {
        await Assert.That(EndPoints.Of(BindAddresses.Of("0.0.0.0,localhost"), 81).Value).Contains(new IPEndPoint(IPAddress.Any, 81));
        await Assert.That(EndPoints.Of(BindAddresses.Of("0.0.0.0,localhost"), 81).Value).DoesNotContain(new IPEndPoint(IPAddress.Loopback, 81));
        await Assert.That(EndPoints.Of(BindAddresses.Of("0.0.0.0,::"), 0).Value).IsEmpty();
    }

    private static string Bound(string asked, bool hasIPv6) => string.Join(',', EndPoints.Uncovered(asked.Split(',').Select(IPAddress.Parse), hasIPv6));
}
