using System.Collections.Immutable;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>The calls of tensorflow.serving.ModelService. <see cref="TfsBinding"/> names them.</summary>
internal sealed class TfsModelService(ServableRegistry registry, CallCounts counts)
{
    /// <summary>The states of a model's versions, or of one of them.</summary>
    public GetModelStatusResponse GetModelStatus(GetModelStatusRequest request)
    {
        if (request.ModelSpec is not { } asked)
        {
            throw GrpcEdge.ToException(Outcome.Fail(StatusCode.ModelSpecMissing));
        }

        Outcome<string> version = TfsModelSpec.VersionOf(asked);
        Outcome<ImmutableArray<VersionEntry>> versions = version.IsOk
            ? registry.Current.VersionsOf(asked.Name, version.Value!)
            : version.WithoutValue;
        counts.Count(CallKind.GetModelStatusGrpc, asked.Name, version.Value ?? "", versions.IsOk);
        if (!versions.IsOk)
        {
            throw GrpcEdge.ToException(versions.WithoutValue);
        }

        GetModelStatusResponse response = new();
        foreach (VersionEntry entry in versions.Value)
        {
            VersionHealth health = VersionHealth.Of(entry);
            response.ModelVersionStatus.Add(new ModelVersionStatus
            {
                Version = entry.Version,
                State = (ModelVersionStatus.Types.State)entry.State,
                Status = new StatusProto { ErrorCode = (Code)health.Code, ErrorMessage = health.Message },
            });
        }

        return response;
    }
}
