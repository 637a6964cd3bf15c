using System.Diagnostics.Metrics;
using Ovms.Observability.Metrics;

namespace Ovms.Tests.Observability;

public sealed class ServerMetricsTests
{
    private const string Success = "ovms_requests_success{api=\"KServe\",interface=\"gRPC\",method=\"ModelInfer\",name=\"m\",version=\"1\"}";

    [Test]
    public async Task NewVersion_HasAllItsSeriesAtZero()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        metrics.Models.Follow([("m", [1])]);
        Exposition read = Exposition.Parse(PrometheusTextTests.Write(metrics.Sources));
        await Assert.That(read.All.All(static sample => sample.Value == 0)).IsTrue();
        string[] success = [.. read.Families["ovms_requests_success"].Samples.Select(static sample => sample.Series())];
        await Assert.That(success).IsEquivalentTo((string[])
        [
            .. from kind in new[] { "KServe/ModelInfer", "KServe/ModelMetadata", "TensorFlowServing/Predict", "TensorFlowServing/GetModelMetadata" }
               from way in new[] { "gRPC", "REST" }
               select $"ovms_requests_success{{api=\"{kind.Split('/')[0]}\",interface=\"{way}\",method=\"{kind.Split('/')[1]}\",name=\"m\",version=\"1\"}}",
            .. from kind in new[] { "KServe/ModelReady", "TensorFlowServing/GetModelStatus" }
               from way in new[] { "gRPC", "REST" }
               select $"ovms_requests_success{{api=\"{kind.Split('/')[0]}\",interface=\"{way}\",method=\"{kind.Split('/')[1]}\",name=\"m\"}}",
        ]);
        await Assert.That(read["ovms_request_time_us_count{interface=\"REST\",name=\"m\",version=\"1\"}"]).IsEqualTo(0);
        await Assert.That(read.Families["ovms_inference_time_us"].Samples.Count).IsEqualTo(36);
    }

    [Test]
    public async Task SeriesOfText_AreThoseOfModelsThatGenerateIt()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        metrics.Models.Follow([("chat", [1]), ("m", [1])]);
        metrics.Models.Find("chat", 1)!.Text.Show();
        Exposition read = Exposition.Parse(PrometheusTextTests.Write(metrics.Sources));
        string[] text = [.. read.All.Where(static sample => sample.Labels.GetValueOrDefault("api") == "V3").Select(static sample => sample.Series())];
        await Assert.That(text).IsEquivalentTo((string[])
        [
            .. from family in new[] { "success", "fail" }
               from method in new[] { "Unary", "Stream" }
               select $"ovms_requests_{family}{{api=\"V3\",interface=\"REST\",method=\"{method}\",name=\"chat\",version=\"1\"}}",
            .. from family in new[] { "requests_accepted", "requests_rejected", "graph_error", "responses" }
               from method in new[] { "Unary", "Stream" }
               select $"ovms_{family}{{api=\"V3\",interface=\"REST\",method=\"{method}\",name=\"chat\"}}",
        ]);
        await Assert.That(read.Families["ovms_current_graphs"].Samples.Single().Series()).IsEqualTo("ovms_current_graphs{name=\"chat\"}");
        await Assert.That(read["ovms_graph_processing_time_us_count{method=\"Stream\",name=\"chat\"}"]).IsEqualTo(0);
    }

    [Test]
    public async Task Counters_OutliveAReloadAndGoAwayWithTheVersion()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        metrics.Models.Follow([("m", [1, 2]), ("n", [1])]);
        metrics.Models.Find("m", 1)!.Count(CallKind.ModelInferGrpc, isSuccess: true);
        metrics.Models.Find("m", 1)!.Count(CallKind.ModelReadyGrpc, isSuccess: true);
        metrics.Models.Follow([("m", [1, 3])]);
        Exposition read = Exposition.Parse(PrometheusTextTests.Write(metrics.Sources));
        await Assert.That(read[Success]).IsEqualTo(1);
        await Assert.That(read.All.Any(static sample => sample.Labels["name"] == "n" || sample.Labels.GetValueOrDefault("version") == "2")).IsFalse();
        await Assert.That(metrics.Models.Find("m", 2)).IsNull();

        metrics.Models.Follow([("m", [3])]);
        await Assert.That(metrics.Models.Find("m")!.Versions.Single().Version).IsEqualTo(3);
        read = Exposition.Parse(PrometheusTextTests.Write(metrics.Sources));
        await Assert.That(read["ovms_requests_success{api=\"KServe\",interface=\"gRPC\",method=\"ModelReady\",name=\"m\"}"]).IsEqualTo(1);
        metrics.Models.Follow([("m", [1])]);
        await Assert.That(Exposition.Parse(PrometheusTextTests.Write(metrics.Sources))[Success]).IsEqualTo(0);
    }

    [Test]
    public async Task FamilyThatIsOff_IsNeitherReadNorWritten()
    {
        MetricSelection.TryParse(["ovms_streams"], out MetricSelection? selection, out _);
        using ServerMetrics metrics = new(selection!);
        metrics.Add(MetricFamilies.Ready, static () => throw new InvalidOperationException("It is off."));
        metrics.Add(MetricFamilies.Streams, static sink => sink.Add(MetricLabels.None, 1L));
        await Assert.That(PrometheusTextTests.Write(metrics.Sources)).IsEqualTo("# HELP ovms_streams Number of OpenVINO execution streams.\n# TYPE ovms_streams gauge\novms_streams 1\n");
    }

    [Test]
    public async Task Sources_StandInTheTablesOrder()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        metrics.Add(MetricFamilies.Threads, static sink => sink.Add(MetricLabels.None, 1L));
        metrics.Add(MetricFamilies.Streams, static sink => sink.Add(MetricLabels.None, 1L));
        string[] order = [.. metrics.Sources.Select(static source => source.Family.Name)];
        await Assert.That(order).IsEquivalentTo([.. MetricFamilies.All.Select(static family => family.Name).Where(order.Contains)], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task Meter_TellsListenersTheSameNumbers()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        metrics.Models.Follow([("heard", [1])]);
        ServableMetrics servable = metrics.Models.Find("heard", 1)!;
        Dictionary<string, double> heard = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == ServerMetrics.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            lock (heard)
            {
                string name = $"{instrument.Name}{{{string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}=\"{tag.Value}\""))}}}";
                heard[name] = instrument is Histogram<double> ? heard.GetValueOrDefault(name) + value : value;
            }
        });
        listener.Start();
        servable.Enter();
        servable.Count(CallKind.ModelInferGrpc, isSuccess: true);
        servable.Inferred(System.Diagnostics.Stopwatch.GetTimestamp() - System.Diagnostics.Stopwatch.Frequency);
        listener.RecordObservableInstruments();

        // Other tests have meters of the same name: only what names this model counts, and none of them calls its model so.
        await Assert.That(heard[Success.Replace("\"m\"", "\"heard\"")]).IsEqualTo(1);
        await Assert.That(heard["ovms_current_requests{name=\"heard\",version=\"1\"}"]).IsEqualTo(1);
        await Assert.That(heard["ovms_inference_time_us{name=\"heard\",version=\"1\"}"]).IsEqualTo(servable.InferenceTime.Sum);
        await Assert.That(servable.InferenceTime.Sum).IsGreaterThanOrEqualTo(1e6);
    }

    [Test]
    public async Task Process_TellsPlausibleNumbers()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        ProcessMetrics.AddTo(metrics, openFilesLimit: 1234);
        ProcessMetrics.AddBuild(metrics, "1.2.3", "2026.4");
        Exposition read = Exposition.Parse(PrometheusTextTests.Write(metrics.Sources));
        await Assert.That(read["ovms_process_resident_memory_bytes"]).IsGreaterThan(1e6);
        await Assert.That(read["ovms_process_cpu_seconds_total"]).IsGreaterThan(0);
        await Assert.That(read["ovms_process_open_fds"]).IsGreaterThan(2);
        await Assert.That(read["ovms_process_max_fds"]).IsEqualTo(1234);
        await Assert.That(read["ovms_process_threads"]).IsGreaterThan(1);
        await Assert.That(read["ovms_process_start_time_seconds"]).IsLessThan((DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds).And.IsGreaterThan(1.7e9);
        await Assert.That(read["ovms_gc_heap_bytes"]).IsGreaterThan(1000);
        await Assert.That(read["ovms_gc_collections_total{generation=\"0\"}"]).IsGreaterThanOrEqualTo(read["ovms_gc_collections_total{generation=\"2\"}"]);
        await Assert.That(read["ovms_build_info{openvino=\"2026.4\",version=\"1.2.3\"}"]).IsEqualTo(1);
    }
}
