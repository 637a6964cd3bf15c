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
        await Assert.That(SystemLimits.ShortOfMemoryOrFiles(s_host with { AddressSpaceLimit = needed })).IsNull();
        await Assert.That(SystemLimits.ShortOfMemoryOrFiles(s_host)).IsNull();
        string? shortage = SystemLimits.ShortOfMemoryOrFiles(s_host with { AddressSpaceLimit = needed - 1 });
        await Assert.That(shortage).Contains("RLIMIT_AS").And.Contains($"needs {needed} ");
    }

    [Test]
    public async Task EachLimit_IsNamed()
    {
        await Assert.That(SystemLimits.ShortOfMemoryOrFiles(s_host with { DataLimit = 120_000_000 })).Contains("RLIMIT_DATA");
        await Assert.That(SystemLimits.ShortOfMemoryOrFiles(s_host with { StackLimit = 100_000 })).Contains("RLIMIT_STACK");
        await Assert.That(SystemLimits.ShortOfMemoryOrFiles(s_host with { OpenFilesLimit = 12 })).Contains("RLIMIT_NOFILE");
        await Assert.That(SystemLimits.ShortOfMemoryOrFiles(s_host with { DataLimit = 1L << 30, StackLimit = 8 << 20, OpenFilesLimit = 1024 })).IsNull();
    }

    [Test]
    public async Task NoLimits_NoShortage() => await Assert.That(new SystemLimits(s_host).Shortage()).IsNull();

    [Test]
    [Arguments("Max processes             12                   96365                processes ", 12L)]
    [Arguments("Max processes             unlimited            unlimited            processes ", null)]
    public async Task Threads_AreTakenFromTheLimits(string line, long? expected) =>
        await Assert.That(HostFacts.ParseLimit([line], "Max processes")).IsEqualTo(expected);
}
