using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Observability.Metrics;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>The calls of inference.GRPCInferenceService about server and models. <see cref="KServeBinding"/> gives them their names; inference is <see cref="Binding.InferEndpoint"/>'s.</summary>
internal sealed class KServeService(ServableRegistry registry, Readiness readiness, Drain drain, CallCounts counts, GrpcSettings settings)
{
    /// <summary>The server's name, as clients of the original check it.</summary>
    public const string ServerName = "OpenVINO Model Server";

    /// <summary>The platform of every model.</summary>
    public const string Platform = "OpenVINO";

    /// <summary>Who can answer is alive.</summary>
    public ServerLiveResponse ServerLive(ServerLiveRequest request) => new() { Live = true };

    /// <summary>Whether every configured model is available and the server is not stopping.</summary>
    public ServerReadyResponse ServerReady(ServerReadyRequest request) => new() { Ready = readiness.IsReady };

    /// <summary>Name, version, and which extensions work.</summary>
    public ServerMetadataResponse ServerMetadata(ServerMetadataRequest request) =>
        new() { Name = ServerName, Version = settings.ServerVersion, Extensions = { ServerExtensions.Names } };

    /// <summary>Whether a version takes calls; one that is known but does not is not an error.</summary>
    public ModelReadyResponse ModelReady(ModelReadyRequest request)
    {
        Outcome found = registry.Current.Find(request.Name, request.Version).WithoutValue;
        bool isKnown = found.Code is StatusCode.Ok or StatusCode.ModelVersionNotLoadedYet or StatusCode.ModelVersionNotLoadedAnymore;
        counts.Count(CallKind.ModelReadyGrpc, request.Name, request.Version, isKnown);
        return isKnown ? new() { Ready = found.IsOk && !drain.IsDraining } : throw GrpcEdge.ToException(found);
    }

    /// <summary>Available versions, and what the version asked for takes and gives.</summary>
    public ModelMetadataResponse ModelMetadata(ModelMetadataRequest request)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(request.Name, request.Version);
        counts.Count(CallKind.ModelMetadataGrpc, request.Name, request.Version, found.IsOk);
        return found.IsOk ? ModelDescription.Of(found.Value.Model, found.Value.Version) : throw GrpcEdge.ToException(found.WithoutValue);
    }
}
