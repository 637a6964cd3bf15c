using Ovms.Options;

namespace Ovms.Tests.Options;

/// <summary>What may follow --grpc_bind_address and --rest_bind_address.</summary>
public class BindAddressesTests
{
    [Test]
    [Arguments("0.0.0.0")]
    [Arguments("127.0.0.1")]
    [Arguments("255.255.255.255")]
    [Arguments("::")]
    [Arguments("::1")]
    [Arguments("fe80::1")]
    [Arguments("::ffff:127.0.0.1")]
    [Arguments("localhost")]
    [Arguments("my-host.example.org")]
    [Arguments("host1")]
    [Arguments("127.0.0.1,::1,localhost")]
    public async Task Addresses_AreTakenAsGiven(string text)
    {
        await Assert.That(BindAddresses.TryParse(text, out BindAddresses addresses, out string? why)).IsTrue();
        await Assert.That(why).IsNull();
        await Assert.That(addresses.Hosts).IsEquivalentTo(text.Split(','));
        await Assert.That(addresses.ToString()).IsEqualTo(text);
    }

    [Test]
    [Arguments("", "an address is empty")]
    [Arguments("127.0.0.1,", "an address is empty")]
    [Arguments("300.1.1.1.1", "'300.1.1.1.1' is not an IPv4 or IPv6 address")]
    [Arguments("256.0.0.1", "'256.0.0.1' is not an IPv4 or IPv6 address")]
    [Arguments("127.1", "'127.1' is not an IPv4 or IPv6 address")]
    [Arguments("1", "'1' is not an IPv4 or IPv6 address")]
    [Arguments("cafe", "'cafe' is not an IPv4 or IPv6 address")]
    [Arguments("1::2::3", "'1::2::3' is not an IPv4 or IPv6 address")]
    [Arguments("[::1]", "'[::1]' is not an IPv4 or IPv6 address")]
    [Arguments("127.0.0.1:80", "'127.0.0.1:80' is not an IPv4 or IPv6 address")]
    [Arguments("localhost:80", "'localhost:80' is not an IPv4 or IPv6 address")]
    [Arguments("-host", "'-host' is not a host name")]
    [Arguments("host-", "'host-' is not a host name")]
    [Arguments("my_host", "'my_host' is not a host name")]
    [Arguments("host..org", "'host..org' is not a host name")]
    [Arguments("localhost, ::1", "' ::1' is not an IPv4 or IPv6 address")]
    public async Task WhatIsNoAddress_IsRefused(string text, string reason)
    {
        await Assert.That(BindAddresses.TryParse(text, out _, out string? why)).IsFalse();
        await Assert.That(why).IsEqualTo(reason);
    }

    [Test]
    public async Task LongNames_AreBounded()
    {
        string label = new('x', 63);
        string longest = string.Join('.', label, label, label, new string('x', 63));
        await Assert.That(BindAddresses.TryParse(longest, out _, out _)).IsTrue();
        await Assert.That(BindAddresses.TryParse(longest + "x", out _, out _)).IsFalse();
        await Assert.That(BindAddresses.TryParse(longest + ".x", out _, out string? why)).IsFalse();
        await Assert.That(why).IsEqualTo("an address is longer than 255 characters");
    }
}
