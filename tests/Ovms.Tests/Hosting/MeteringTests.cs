using Ovms.Configuration;
using Ovms.Hosting;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Tests.Hosting;

public sealed class MeteringTests
{
    private static readonly ServerOptions s_plain = new() { RestPort = 1 };

    [Test]
    public async Task NothingAsked_IsOff()
    {
        await Assert.That(Metering.Select(s_plain, null).Value!.IsEmpty).IsTrue();
        await Assert.That(Metering.Select(s_plain, new Monitoring(false, ["no_such"])).Value!.IsEmpty).IsTrue();
    }

    [Test]
    public async Task CommandLine_IsUsedWhereTheFileSaysNothing()
    {
        MetricSelection all = Metering.Select(s_plain with { MetricsEnable = true }, null).Value!;
        await Assert.That(all.Has(MetricFamilies.RequestTime)).IsTrue();
        MetricSelection one = Metering.Select(s_plain with { MetricsEnable = true, MetricsList = "ovms_streams" }, null).Value!;
        await Assert.That(one.Has(MetricFamilies.Streams) && !one.Has(MetricFamilies.RequestTime)).IsTrue();
    }

    [Test]
    public async Task File_ChoosesFamilies()
    {
        MetricSelection one = Metering.Select(s_plain, new Monitoring(true, ["ovms_infer_req_active"])).Value!;
        await Assert.That(one.Has(MetricFamilies.InferRequestsActive) && !one.Has(MetricFamilies.RequestTime)).IsTrue();
    }

    [Test]
    public async Task BothAtOnce_IsTheFilesFault() =>
        await Assert.That(Metering.Select(s_plain with { MetricsEnable = true }, new Monitoring(false, [])).Code).IsEqualTo(StatusCode.ConfigInvalid);

    [Test]
    public async Task NoPort_IsRefused() =>
        await Assert.That(Metering.Select(new ServerOptions { Port = 1 }, new Monitoring(true, [])).Code).IsEqualTo(StatusCode.MetricsRestPortMissing);

    [Test]
    public async Task WhoOnlyChecks_NeedsNoPortAndGoodNames()
    {
        await Assert.That(Metering.Select(new ServerOptions(), new Monitoring(true, ["ovms_streams"]), listens: false).IsOk).IsTrue();
        await Assert.That(Metering.Select(new ServerOptions(), new Monitoring(true, ["ovms_streams", "ovms_streams"]), listens: false).Code).IsEqualTo(StatusCode.InvalidMetricsFamilyName);
    }

    [Test]
    public async Task UnknownFamily_IsRefusedByName()
    {
        Outcome<MetricSelection> refused = Metering.Select(s_plain, new Monitoring(true, ["ovms_streams", "ovms_sterams"]));
        await Assert.That(refused.Code).IsEqualTo(StatusCode.InvalidMetricsFamilyName);
        await Assert.That(refused.Text).Contains("ovms_sterams");
    }
}
