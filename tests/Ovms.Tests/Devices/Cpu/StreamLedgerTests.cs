using Ovms.Devices.Cpu;

namespace Ovms.Tests.Devices.Cpu;

public sealed class StreamLedgerTests
{
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
