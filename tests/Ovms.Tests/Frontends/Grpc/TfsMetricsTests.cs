using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Table;
using Ovms.Tests.Observability;
using Models = Ovms.Frontends.Grpc.Protos.TensorFlowServing.ModelService.ModelServiceClient;
using Predictions = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictionService.PredictionServiceClient;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Metrics of TensorFlow Serving's calls over gRPC; a version's counters outlive its servable.</summary>
public sealed class TfsMetricsTests
{
    [Test]
    public async Task EveryCall_IsCountedOnce_AcrossAReload()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        await using GrpcServer server = await GrpcServer.StartAsync(metrics);
        TableMetrics.AddGauges(metrics, server.Registry);
        server.Registry.Publish(ServedModel.Table(ServedModel.Load("dummy")));
        Predictions predictions = new(server.Channel);
        Models models = new(server.Channel);

        await predictions.PredictAsync(TfsRequests.Dummy());
        server.Registry.Publish(ServedModel.Table(ServedModel.Load("dummy", inferRequests: 3)));
        await predictions.PredictAsync(TfsRequests.Dummy());
        await Refusals.Of(predictions.PredictAsync(TfsRequests.For("dummy")));
        await Refusals.Of(predictions.PredictAsync(TfsRequests.For("dummy", 9)));
        await Refusals.Of(predictions.PredictAsync(TfsRequests.For("nobody")));
        GetModelMetadataRequest metadata = new() { ModelSpec = new() { Name = "dummy" }, MetadataField = { "signature_def" } };
        await predictions.GetModelMetadataAsync(metadata);
        await models.GetModelStatusAsync(new() { ModelSpec = new() { Name = "dummy" } });
        await models.GetModelStatusAsync(new() { ModelSpec = new() { Name = "dummy", Version = 1 } });

        Exposition read = Exposition.Parse(PrometheusTextTests.Write(metrics.Sources));
        Dictionary<string, double> counted = read.All
            .Where(static sample => sample.Value != 0 && sample.Name.StartsWith("ovms_requests_", StringComparison.Ordinal)).ToDictionary(static sample => sample.Series(), static sample => sample.Value);
        await Assert.That(counted).IsEquivalentTo(new Dictionary<string, double>
        {
            ["ovms_requests_success{api=\"TensorFlowServing\",interface=\"gRPC\",method=\"Predict\",name=\"dummy\",version=\"1\"}"] = 2,
            ["ovms_requests_success{api=\"TensorFlowServing\",interface=\"gRPC\",method=\"GetModelMetadata\",name=\"dummy\",version=\"1\"}"] = 1,
            ["ovms_requests_success{api=\"TensorFlowServing\",interface=\"gRPC\",method=\"GetModelStatus\",name=\"dummy\"}"] = 2,
            ["ovms_requests_fail{api=\"TensorFlowServing\",interface=\"gRPC\",method=\"Predict\",name=\"dummy\",version=\"1\"}"] = 1,
        });
        await Assert.That(read["ovms_request_time_us_count{interface=\"gRPC\",name=\"dummy\",version=\"1\"}"]).IsEqualTo(2);
        await Assert.That(read["ovms_waiting_requests{name=\"dummy\",version=\"1\"}"]).IsEqualTo(0);
        await Assert.That(read["ovms_model_state{name=\"dummy\",state=\"AVAILABLE\",version=\"1\"}"]).IsEqualTo(1);

        server.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.End)])]));
        await Assert.That(Exposition.Parse(PrometheusTextTests.Write(metrics.Sources)).All.Any(static sample => sample.Labels.ContainsKey("version"))).IsFalse();
    }
}
