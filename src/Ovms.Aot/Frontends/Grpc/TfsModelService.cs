using System.Collections.Immutable;
using System.Globalization;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Status;

namespace Ovms.Frontends.Grpc;

/// <summary>The calls of tensorflow.serving.ModelService. <see cref="TfsBinding"/> gives them their names.</summary>
internal sealed class TfsModelService(ServableRegistry registry)
{
    /// <summary>Where a model's versions, or one of them, are in their life.</summary>
    public GetModelStatusResponse GetModelStatus(GetModelStatusRequest request)
    {
        if (request.ModelSpec is not { } asked)
        {
            throw GrpcEdge.ToException(Outcome.Fail(StatusCode.ModelSpecMissing));
        }

        string text = asked.Version?.ToString(CultureInfo.InvariantCulture) ?? "";
        Outcome<ImmutableArray<VersionEntry>> versions = registry.Current.VersionsOf(asked.Name, text);
        registry.Count(CallKind.GetModelStatusGrpc, asked.Name, text, versions.IsOk);
        if (!versions.IsOk)
        {
            throw GrpcEdge.ToException(versions.WithoutValue);
        }

        GetModelStatusResponse response = new();
        foreach (VersionEntry version in versions.Value)
        {
            VersionHealth health = VersionHealth.Of(version);
            response.ModelVersionStatus.Add(new ModelVersionStatus
            {
                Version = version.Version,
                State = (ModelVersionStatus.Types.State)version.State,
                Status = new StatusProto { ErrorCode = (Code)health.Code, ErrorMessage = health.Message },
            });
        }

        return response;
    }
}
