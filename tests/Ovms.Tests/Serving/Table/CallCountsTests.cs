using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Tests.Observability;

namespace Ovms.Tests.Serving.Table;

public sealed class CallCountsTests
{
    [Test]
    public async Task CallsOfKnownVersions_AreCounted_AndNothingElse()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        ServableRegistry registry = new(new Drain());
        CallCounts counts = new(registry, metrics);
        Servable servable = DummyServable.Make();
        registry.Publish(new ServableTable([new ModelEntry("m", [new VersionEntry(1, ServableState.Available, servable)])]));
        await Assert.That(servable.Metrics).IsNotNull();

        counts.Count(CallKind.ModelReadyGrpc, "m", "", isSuccess: true);
        counts.Count(CallKind.ModelReadyGrpc, "m", "1", isSuccess: true);
        counts.Count(CallKind.ModelMetadataGrpc, "m", "1", isSuccess: false);
        counts.Count(CallKind.ModelReadyGrpc, "nobody", "", isSuccess: true);
        counts.Count(CallKind.ModelReadyGrpc, "m", "7", isSuccess: true);
        counts.Count(CallKind.ModelReadyGrpc, "m", "one", isSuccess: true);
        double[] counted =
        [
            .. Exposition.Parse(PrometheusTextTests.Write(metrics.Sources)).All
                .Where(static sample => sample.Value != 0 && sample.Name.StartsWith("ovms_requests_", StringComparison.Ordinal))
                .Select(static sample => sample.Value).Order(),
        ];
        await Assert.That(counted).IsEquivalentTo([1.0, 2.0]);
        servable.Retire();
    }

    [Test]
    public async Task WithoutMetrics_NothingIsCounted()
    {
        ServableRegistry registry = new(new Drain());
        CallCounts counts = new(registry, metrics: null);
        Servable servable = DummyServable.Make();
        registry.Publish(new ServableTable([new ModelEntry("m", [new VersionEntry(1, ServableState.Available, servable)])]));
        counts.Count(CallKind.ModelReadyGrpc, "m", "", isSuccess: true);
        await Assert.That(servable.Metrics).IsNull();
        servable.Retire();
    }
}
