using Grpc.Core;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>Names the calls of inference.GRPCInferenceService but for inference itself (<see cref="InferEndpoint"/>). What is not named answers UNIMPLEMENTED by the framework.</summary>
internal static class KServeBinding
{
    /// <summary>The service's full name.</summary>
    public const string ServiceName = "inference.GRPCInferenceService";

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
