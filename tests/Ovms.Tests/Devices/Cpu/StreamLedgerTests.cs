using Ovms.Devices.Cpu;

namespace Ovms.Tests.Devices.Cpu;

public sealed class StreamLedgerTests
{
    [Test]
    [Arguments("CPU", "4", 4)]
    [Arguments("CPU", null, 1)]
    [Arguments("GPU.0, CPU", "GPU 2, CPU 3", 3)]
    [Arguments("GPU.0", "GPU 2, CPU 3", 0)]
    [Arguments("GPU.0", "2", 0)]
    [Arguments("CPU", "AUTO", 1)]
    [Arguments("GPU, CPU", "GPU 2, NPU 3", 1)]
    public async Task Streams_OfTheCpuAreTold(string executing, string? streams, int expected) =>
        await Assert.That(StreamLedger.OnCpu(executing, streams)).IsEqualTo(expected);

    [Test]
    public async Task MoreStreamsThanCpus_AreToldOnceUntilTheyAreFewerAgain()
    {
        StreamLedger ledger = new();
        await Assert.That(ledger.Add("a", 1, 2, out IDisposable _)).IsNull();
        await Assert.That(ledger.Add("b", 1, 2, out IDisposable b)).IsNull();
        await Assert.That(ledger.Add("c", 1, 2, out IDisposable c)!).Contains("3 streams on the CPU together, more than the 2 CPUs");
        await Assert.That(ledger.Add("d", 1, 2, out IDisposable d)).IsNull();
        b.Dispose();
        c.Dispose();
        d.Dispose();
        await Assert.That(ledger.Add("e", 1, 2, out IDisposable _)).IsNull();
        await Assert.That(ledger.Add("f", 1, 2, out IDisposable _)).IsNotNull();
    }

    [Test]
    public async Task VersionLoadedAnew_StandsInItsOwnPlace()
    {
        StreamLedger ledger = new();
        ledger.Add("a", 2, 2, out IDisposable old);
        await Assert.That(ledger.Add("a", 2, 2, out IDisposable _)).IsNull();
        old.Dispose();
        await Assert.That(ledger.Add("b", 1, 2, out IDisposable _)).IsNotNull();
    }
}
