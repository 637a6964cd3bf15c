using Ovms.Hosting;
using Ovms.Options;

namespace Ovms.Tests.Hosting;

/// <summary>What is said where the system allows less than a server takes.</summary>
public class SystemLimitsTests
{
    private static readonly HostFacts s_host = new(4, IsWindows: false, static _ => false);

    [Test]
    public async Task AddressSpace_IsHeldAgainstTheCpus()
    {
        long needed = SystemLimits.AddressSpaceBase + (4 * SystemLimits.AddressSpacePerCpu);
        await Assert.That(SystemLimits.ShortOfAddressSpace(s_host with { AddressSpaceLimit = needed })).IsNull();
        await Assert.That(SystemLimits.ShortOfAddressSpace(s_host)).IsNull();
        string? shortage = SystemLimits.ShortOfAddressSpace(s_host with { AddressSpaceLimit = needed - 1 });
        await Assert.That(shortage).Contains("RLIMIT_AS").And.Contains($"needs {needed >> 20} MiB");
    }

    [Test]
    public async Task NoLimits_NoShortage() => await Assert.That(new SystemLimits(s_host).Shortage()).IsNull();

    [Test]
    [Arguments("Max processes             12                   96365                processes ", 12L)]
    [Arguments("Max processes             unlimited            unlimited            processes ", null)]
    public async Task Threads_AreTakenFromTheLimits(string line, long? expected) =>
        await Assert.That(HostFacts.ParseLimit([line], "Max processes")).IsEqualTo(expected);
}
