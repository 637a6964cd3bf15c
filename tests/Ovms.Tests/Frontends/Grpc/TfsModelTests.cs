using Grpc.Core;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Serving;
using Ovms.Serving.Table;
using CallStatus = Grpc.Core.Status;
using Models = Ovms.Frontends.Grpc.Protos.TensorFlowServing.ModelService.ModelServiceClient;
using Predictions = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictionService.PredictionServiceClient;
using State = Ovms.Frontends.Grpc.Protos.TensorFlowServing.ModelVersionStatus.Types.State;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>What TensorFlow Serving's clients ask about models.</summary>
public sealed class TfsModelTests
{
    [Test]
    public async Task Status_TellsEveryVersionAndWhyOneFailed()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        server.Registry.Publish(new ServableTable(
        [
            new ModelEntry("m", [new(1, ServableState.End), new(2, ServableState.Unloading), new(3, ServableState.Loading, Reason: "no weights"), new(4, ServableState.Start)]),
            new ModelEntry("new", []),
        ]));
        Models models = new(server.Channel);
        GetModelStatusResponse all = await models.GetModelStatusAsync(new() { ModelSpec = new() { Name = "m" } });
        await Assert.That(string.Join(' ', all.ModelVersionStatus.Select(static v => $"{v.Version}:{v.State}:{v.Status.ErrorCode}:{v.Status.ErrorMessage}")))
            .IsEqualTo("1:End:Ok:OK 2:Unloading:Ok:OK 3:Loading:Unknown:no weights 4:Start:Ok:OK");

        GetModelStatusResponse one = await models.GetModelStatusAsync(new() { ModelSpec = new() { Name = "m", Version = 2 } });
        await Assert.That(one.ModelVersionStatus.Single().State).IsEqualTo(State.Unloading);
        await Assert.That((await models.GetModelStatusAsync(new() { ModelSpec = new() { Name = "new" } })).ModelVersionStatus).IsEmpty();
    }

    [Test]
    public async Task StatusOfWhatIsNotThere_IsRefused()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        Models models = new(server.Channel);
        CallStatus none = await Refusals.Of(models.GetModelStatusAsync(new()));
        CallStatus name = await Refusals.Of(models.GetModelStatusAsync(new() { ModelSpec = new() { Name = "nobody" } }));
        CallStatus version = await Refusals.Of(models.GetModelStatusAsync(new() { ModelSpec = new() { Name = "dummy", Version = 9 } }));
        await Assert.That(none).IsEqualTo(new CallStatus(StatusCode.InvalidArgument, "model_spec missing in request"));
        await Assert.That(name.StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That(name.Detail).Contains("nobody");
        await Assert.That(version.StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That(version.Detail).StartsWith("Model with requested version is not found");
    }

    [Test]
    [Arguments("2")]
    [Arguments("nosuchlabel")]
    [Arguments("")]
    public async Task Label_IsRefusedAndVersionNamed(string label)
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        ModelSpec labelled = new() { Name = "dummy", VersionLabel = label };
        PredictRequest predict = TfsRequests.For("dummy");
        predict.ModelSpec = labelled;
        CallStatus[] refused =
        [
            await Refusals.Of(new Predictions(server.Channel).PredictAsync(predict)),
            await Refusals.Of(new Predictions(server.Channel).GetModelMetadataAsync(new() { ModelSpec = labelled, MetadataField = { "signature_def" } })),
            await Refusals.Of(new Models(server.Channel).GetModelStatusAsync(new() { ModelSpec = labelled })),
        ];
        await Assert.That(refused.Distinct().Single()).IsEqualTo(new CallStatus(
            StatusCode.InvalidArgument,
            $"Versions have no labels here - model_spec.version_label: {label}; Expected: the number in model_spec.version, or neither for the default version"));
    }

    [Test]
    public async Task BytesThatAreNoMessage_AreTheCallersFault()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        foreach (byte[] bytes in new byte[][] { [0x0A, 0x20], [0x0A, 0x03, 0x12, 0x01, 0x00], [0x0A, 0x02, 0x12, 0x05] })
        {
            await Assert.That((await Refusals.Of(() => server.CallAsync(TfsBinding.ModelService, "GetModelStatus", bytes))).StatusCode).IsEqualTo(StatusCode.InvalidArgument);
            await Assert.That((await Refusals.Of(() => server.CallAsync(TfsBinding.PredictionService, "GetModelMetadata", bytes))).StatusCode).IsEqualTo(StatusCode.InvalidArgument);
            await Assert.That((await Refusals.Of(() => server.CallAsync(TfsBinding.PredictionService, "Predict", bytes))).StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        }
    }

    [Test]
    public async Task Metadata_IsTheServingSignature()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("summator"), ServedModel.Load("dynamic"), ServedModel.Load("passthrough_string"), ServedModel.Load("scalar"));
        SignatureDef signature = await SignatureAsync(server, "summator");
        await Assert.That(signature.Inputs.Keys).IsEquivalentTo(["b", "c"]);
        await Assert.That(signature.Outputs.Keys).IsEquivalentTo(["sum"]);
        await Assert.That(signature.Inputs["b"]).IsEqualTo(new Ovms.Frontends.Grpc.Protos.TensorFlow.TensorInfo { Name = "b", Dtype = DataType.DtFloat, TensorShape = TfsRequests.Tensor(DataType.DtFloat, 1, 10).TensorShape });

        await Assert.That((await SignatureAsync(server, "dynamic")).Inputs["x"].TensorShape.Dim.Select(static dim => dim.Size)).IsEquivalentTo([-1L, -1L]);
        await Assert.That((await SignatureAsync(server, "passthrough_string")).Inputs["my_name"].Dtype).IsEqualTo(DataType.DtString);
        await Assert.That((await SignatureAsync(server, "scalar")).Inputs.Values.Single().TensorShape).IsEqualTo(new TensorShapeProto());
    }

    [Test]
    public async Task MetadataOfOtherFieldsOrModels_IsRefused()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        Predictions client = new(server.Channel);
        ModelSpec dummy = new() { Name = "dummy" };
        (GetModelMetadataRequest Request, StatusCode Status, string Text)[] faults =
        [
            (new() { MetadataField = { "signature_def" } }, StatusCode.InvalidArgument, "model_spec missing in request"),
            (new() { ModelSpec = dummy }, StatusCode.InvalidArgument, "Invalid signature name - metadata_field; Expected: signature_def; Actual: none"),
            (new() { ModelSpec = dummy, MetadataField = { "other" } }, StatusCode.InvalidArgument, "Invalid signature name"),
            (new() { ModelSpec = dummy, MetadataField = { "signature_def", "other" } }, StatusCode.InvalidArgument, "Invalid signature name"),
            (new() { ModelSpec = new() { Name = "nobody" }, MetadataField = { "signature_def" } }, StatusCode.NotFound, "Model with requested name is not found"),
            (new() { ModelSpec = new() { Name = "dummy", Version = 4 }, MetadataField = { "signature_def" } }, StatusCode.NotFound, "Model with requested version is not found"),
        ];
        foreach ((GetModelMetadataRequest request, StatusCode status, string text) in faults)
        {
            CallStatus fault = await Refusals.Of(client.GetModelMetadataAsync(request));
            await Assert.That(fault.StatusCode).IsEqualTo(status).Because(fault.Detail);
            await Assert.That(fault.Detail).StartsWith(text);
        }
    }

    private static async Task<SignatureDef> SignatureAsync(GrpcServer server, string model)
    {
        GetModelMetadataResponse response = await new Predictions(server.Channel).GetModelMetadataAsync(new() { ModelSpec = new() { Name = model, Version = 1 }, MetadataField = { "signature_def" } });
        return response.Metadata["signature_def"].Unpack<SignatureDefMap>().SignatureDef["serving_default"];
    }
}
