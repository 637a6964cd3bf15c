using Grpc.Core;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Inference;
using Ovms.Inference.Messages;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// Binds the calls of inference.GRPCInferenceService by name, except inference, which <see cref="InferEndpoint"/> handles. The framework
/// answers other calls with UNIMPLEMENTED.
/// </summary>
internal static class KServeBinding
{
    /// <summary>The service's full name.</summary>
    public const string ServiceName = "inference.GRPCInferenceService";

    /// <summary>The inference call, which does not go through the framework.</summary>
    /// <param name="calls">Holds the pool of messages.</param>
    public static InferApi Infer(ModelCalls calls) => new(
        $"/{ServiceName}/ModelInfer",
        CallOrigin.KServeGrpc,
        calls.Messages,
        new InferMessageReader().Read,
        InferMessageReader.Peek,
        static home => new InferResponse(home));

    /// <summary>Binds the service.</summary>
    public static void Bind(ServiceBinderBase binder, KServeService service)
    {
        UnaryCalls.Add(binder, ServiceName, "ServerLive", ServerLiveRequest.Parser, service.ServerLive);
        UnaryCalls.Add(binder, ServiceName, "ServerReady", ServerReadyRequest.Parser, service.ServerReady);
        UnaryCalls.Add(binder, ServiceName, "ServerMetadata", ServerMetadataRequest.Parser, service.ServerMetadata);
        UnaryCalls.Add(binder, ServiceName, "ModelReady", ModelReadyRequest.Parser, service.ModelReady);
        UnaryCalls.Add(binder, ServiceName, "ModelMetadata", ModelMetadataRequest.Parser, service.ModelMetadata);
    }
}
