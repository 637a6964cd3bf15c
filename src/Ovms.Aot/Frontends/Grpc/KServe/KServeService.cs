using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Observability.Metrics;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// The calls of inference.GRPCInferenceService about server and models, except inference, which <see cref="Binding.InferEndpoint"/>
/// handles. <see cref="KServeBinding"/> names the calls.
/// </summary>
internal sealed class KServeService(
    ServableRegistry registry, Readiness readiness, Drain drain, CallCounts counts, GrpcSettings settings, SharedRegions regions)
{
    /// <summary>The server's name, as clients of the original expect it.</summary>
    public const string ServerName = "OpenVINO Model Server";

    /// <summary>The platform of every model.</summary>
    public const string Platform = "OpenVINO";

    /// <summary>Always true: a server that answers is alive.</summary>
    public ServerLiveResponse ServerLive(ServerLiveRequest request) => new() { Live = true };

    /// <summary>Whether every configured model is available and the server is not stopping.</summary>
    public ServerReadyResponse ServerReady(ServerReadyRequest request) => new() { Ready = readiness.IsReady };

    /// <summary>The server's name, version, and supported extensions.</summary>
    public ServerMetadataResponse ServerMetadata(ServerMetadataRequest request) =>
        new() { Name = ServerName, Version = settings.ServerVersion, Extensions = { ServerExtensions.Names(regions) } };

    /// <summary>Whether a version takes calls. A known version that does not is no error.</summary>
    public ModelReadyResponse ModelReady(ModelReadyRequest request)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Current.Find(request.Name, request.Version);
        bool isKnown = found.Code is StatusCode.Ok or StatusCode.ModelVersionNotLoadedYet or StatusCode.ModelVersionNotLoadedAnymore;
        counts.Count(CallKind.ModelReadyGrpc, request.Name, request.Version, isKnown);
        return isKnown
            ? new() { Ready = found.IsOk && found.Value.Version.IsReady && !drain.IsDraining }
            : throw GrpcEdge.ToException(found.WithoutValue);
    }

    /// <summary>The available versions, and the inputs and outputs of the requested one.</summary>
    public ModelMetadataResponse ModelMetadata(ModelMetadataRequest request)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(request.Name, request.Version);
        counts.Count(CallKind.ModelMetadataGrpc, request.Name, request.Version, found.IsOk);
        return found.IsOk ? ModelDescription.Of(found.Value.Model, found.Value.Version) : throw GrpcEdge.ToException(found.WithoutValue);
    }
}
