using System.Collections.Immutable;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// The extension calls about models: configuration, statistics, repository. <see cref="ExtensionBinding"/> names the calls.
/// </summary>
internal sealed class ExtensionService(ServableRegistry registry)
{
    /// <summary>A model's configuration, which load tools read before their first inference.</summary>
    public ModelConfigResponse ModelConfig(ModelConfigRequest request)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(request.Name, request.Version);
        return found.IsOk
            ? new() { Config = ExtensionMessages.Of(ModelConfiguration.Of(found.Value.Version.Servable!)) }
            : throw GrpcEdge.ToException(found.WithoutValue);
    }

    /// <summary>The inference statistics of one version, of all versions of a model, or of all models.</summary>
    public ModelStatisticsResponse ModelStatistics(ModelStatisticsRequest request)
    {
        Outcome<ImmutableArray<StatisticsRow>> rows = StatisticsRow.Find(registry, request.Name, request.Version);
        return rows.IsOk
            ? new() { ModelStats = { rows.Value.Select(ExtensionMessages.Of) } }
            : throw GrpcEdge.ToException(rows.WithoutValue);
    }

    /// <summary>All models with their states.</summary>
    public RepositoryIndexResponse RepositoryIndex(RepositoryIndexRequest request)
    {
        if (request.RepositoryName.Length > 0)
        {
            throw GrpcEdge.ToException(NotServed.RepositoryName);
        }

        return new() { Models = { RepositoryRow.Of(registry.Current, request.Ready).Select(ExtensionMessages.Of) } };
    }

    /// <summary>Rejected: the configuration says what is served.</summary>
    public RepositoryModelLoadResponse RepositoryModelLoad(RepositoryModelLoadRequest request) =>
        throw GrpcEdge.ToException(NotServed.Load);

    /// <inheritdoc cref="RepositoryModelLoad"/>
    public RepositoryModelUnloadResponse RepositoryModelUnload(RepositoryModelUnloadRequest request) =>
        throw GrpcEdge.ToException(NotServed.Load);
}
