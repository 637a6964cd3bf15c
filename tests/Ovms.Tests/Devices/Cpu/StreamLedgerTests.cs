using Ovms.Devices.Cpu;
using Ovms.Tests.Serving.Lifecycle;

namespace Ovms.Tests.Devices.Cpu;

public sealed class StreamLedgerTests
{
    [Test]
    public async Task MoreStreamsThanCpus_AreToldOnceAMinute()
    {
        FakeClock clock = new();
        StreamLedger ledger = new(clock);
        await Assert.That(ledger.Add("a", 1, 2, out StreamLedger.Entry _)).IsNull();
        await Assert.That(ledger.Add("b", 1, 2, out StreamLedger.Entry _)).IsNull();
        await Assert.That(ledger.Add("c", 1, 2, out StreamLedger.Entry c)!).Contains("3 streams on the CPU together, more than the 2 CPUs");
        await Assert.That(ledger.Add("d", 1, 2, out StreamLedger.Entry d)).IsNull();

        // Hours later the bound is met again, with models that are unloaded in between.
        c.Dispose();
        d.Dispose();
        clock.Advance(TimeSpan.FromHours(3));
        await Assert.That(ledger.Add("e", 1, 2, out StreamLedger.Entry _)!).Contains("3 streams");
        clock.Advance(TimeSpan.FromSeconds(59));
        await Assert.That(ledger.Add("f", 1, 2, out StreamLedger.Entry _)).IsNull();
        clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.That(ledger.Add("g", 1, 2, out StreamLedger.Entry _)!).Contains("5 streams");
    }

    [Test]
    public async Task VersionLoadedAnew_StandsInItsOwnPlace()
    {
        StreamLedger ledger = new();
        ledger.Add("a", 2, 2, out StreamLedger.Entry old);
        await Assert.That(ledger.Add("a", 2, 2, out StreamLedger.Entry _)).IsNull();
        old.Dispose();
        await Assert.That(ledger.Add("b", 1, 2, out StreamLedger.Entry _)).IsNotNull();
    }

    [Test]
    public async Task TrialThatIsDiscarded_LeavesTheEntryOfTheModelThatServes()
    {
        StreamLedger ledger = new();
        ledger.Add("a", 2, 2, out StreamLedger.Entry _);
        ledger.Add("a", 2, 2, out StreamLedger.Entry trial);
        trial.Dispose();
        await Assert.That(ledger.Add("b", 1, 2, out StreamLedger.Entry _)!).Contains("3 streams");
    }

    [Test]
    public async Task ModelThatMovesOffTheCpu_HasNoStreamsThereAnyMore()
    {
        StreamLedger ledger = new();
        ledger.Add("a", 2, 2, out StreamLedger.Entry a);
        a.Streams = 0;
        await Assert.That(ledger.Add("b", 2, 2, out StreamLedger.Entry _)).IsNull();
    }
}
