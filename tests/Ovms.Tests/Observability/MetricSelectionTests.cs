using Ovms.Observability.Metrics;

namespace Ovms.Tests.Observability;

public sealed class MetricSelectionTests
{
    [Test]
    public async Task NoList_MeansTheDefaultOnes()
    {
        await Assert.That(MetricSelection.TryParse([], out MetricSelection? selection, out _)).IsTrue();
        await Assert.That(selection!.Has(MetricFamilies.RequestsSuccess)).IsTrue();
        await Assert.That(selection.Has(MetricFamilies.InferRequests)).IsFalse();
        await Assert.That(selection.Has(MetricFamilies.InferRequestsActive)).IsFalse();
    }

    [Test]
    public async Task List_MeansThoseAndNoOthers()
    {
        await Assert.That(MetricSelection.TryParse(MetricSelection.Split(" ovms_infer_req_active ,ovms_current_graphs"), out MetricSelection? selection, out _)).IsTrue();
        await Assert.That(MetricFamilies.All.Where(selection!.Has).Select(static family => family.Name)).IsEquivalentTo(["ovms_infer_req_active", "ovms_current_graphs"]);
    }

    [Test]
    [Arguments("ovms_no_such_family", "ovms_no_such_family")]
    [Arguments("ovms_streams,ovms_streams", "twice")]
    [Arguments("ovms_streams,", "\"\"")]
    [Arguments("ovms_graph_request_latency_us", "ovms_graph_request_latency_us")]
    [Arguments("OVMS_STREAMS", "OVMS_STREAMS")]
    public async Task UnknownOrRepeatedName_IsRefusedByName(string list, string said)
    {
        await Assert.That(MetricSelection.TryParse(MetricSelection.Split(list), out _, out string? why)).IsFalse();
        await Assert.That(why!).Contains(said);
    }
}
