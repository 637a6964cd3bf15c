using Ovms.Bench.Tuning;

namespace Ovms.Tests.Bench.Tuning;

public sealed class ArrangementListTests
{
    [Test]
    public async Task TwoCpusAndManyCallers_BeginWithTheirBestForms() =>
        await Assert.That(Texts(new TuneFacts(2, 32))).IsEquivalentTo(
            [
                "THROUGHPUT, nireq 4", "LATENCY", "THROUGHPUT, 2 streams, nireq 4", "THROUGHPUT", "LATENCY, nireq 32", "THROUGHPUT, 2 streams",
                "THROUGHPUT, nireq 32", "THROUGHPUT, 2 streams, nireq 32",
            ],
            TUnit.Assertions.Enums.CollectionOrdering.Matching);

    [Test]
    public async Task OneCaller_NeedsNoRequests_AndTheLatencyHintComesFirst() =>
        await Assert.That(Texts(new TuneFacts(4, 1))).IsEquivalentTo(
            ["LATENCY", "THROUGHPUT", "THROUGHPUT, 4 streams", "THROUGHPUT, 2 streams"], TUnit.Assertions.Enums.CollectionOrdering.Matching);

    [Test]
    public async Task OpenBatch_IsFixedToOneFirst()
    {
        string[] texts = Texts(new TuneFacts(2, 32) { IsBatchOpen = true });
        await Assert.That(texts[..3]).IsEquivalentTo(
            ["default, adaptive, batch size 1", "THROUGHPUT, nireq 4, batch size 1", "THROUGHPUT, nireq 4"],
            TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task WhatIsGiven_IsNotVaried()
    {
        await Assert.That(Texts(new TuneFacts(2, 32) { IsFormGiven = true, CanAdapt = false }).Any(static text => text.Contains("THROUGHPUT") || text.Contains("LATENCY")))
            .IsFalse();
        await Assert.That(Texts(new TuneFacts(2, 32) { IsNireqGiven = true, CanAdapt = false }).Any(static text => text.Contains("nireq"))).IsFalse();
        await Assert.That(Texts(new TuneFacts(2, 32) { IsFormGiven = true, IsNireqGiven = true, CanAdapt = false })).IsEmpty();
    }

    [Test]
    public async Task DeviceWithoutStreams_GetsHintsAlone() =>
        await Assert.That(Texts(new TuneFacts(8, 16) { HasStreams = false, HasOnlyCpu = false }).Any(static text => text.Contains("streams"))).IsFalse();

    [Test]
    [Arguments(1)]
    [Arguments(2)]
    [Arguments(3)]
    [Arguments(16)]
    [Arguments(128)]
    public async Task NoArrangement_ComesTwice(int cpus)
    {
        foreach (bool isOpen in new[] { false, true })
        {
            TuneFacts facts = new(cpus, 64) { IsBatchOpen = isOpen };
            await Assert.That(ArrangementList.Others(facts).Append(ArrangementList.First(facts)).Select(static one => one.Text)).HasDistinctItems();
        }
    }

    private static string[] Texts(TuneFacts facts) => [.. ArrangementList.Others(facts).Select(static arrangement => arrangement.Text)];
}
