using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Protos.Models;
using Ovms.Observability.Metrics;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>Converts what the extensions report into protobuf messages.</summary>
internal static class ExtensionMessages
{
    /// <summary>A model's configuration.</summary>
    public static ModelConfig Of(ModelConfiguration model)
    {
        ModelConfig config = WithoutParameters(model);
        if (model.Devices is { } devices)
        {
            config.Parameters.Add(ModelConfiguration.DevicesKey, new ModelParameter { StringValue = devices });
        }

        return config;
    }

    /// <summary>A version's counts and durations.</summary>
    public static ModelStatistics Of(StatisticsRow row)
    {
        CallTotals totals = row.Totals;
        return new()
        {
            Name = row.Id.Name,
            Version = row.Id.VersionText,
            LastInference = (ulong)totals.LastInference,
            InferenceCount = (ulong)totals.Samples,
            ExecutionCount = (ulong)totals.Inferences,
            InferenceStats = new()
            {
                Success = Of(totals.Success),
                Fail = Of(totals.Fail),
                Queue = Of(totals.Queue),
                ComputeInput = Of(totals.Input),
                ComputeInfer = Of(totals.Infer),
                ComputeOutput = Of(totals.Output),
                CacheHit = new(),
                CacheMiss = new(),
            },
            BatchStats =
            {
                totals.Batches.Select(static batch => new InferBatchStatistics
                {
                    BatchSize = (ulong)batch.BatchSize,
                    ComputeInput = Of(batch.Input),
                    ComputeInfer = Of(batch.Infer),
                    ComputeOutput = Of(batch.Output),
                }),
            },
        };
    }

    /// <summary>A row of the repository index.</summary>
    public static RepositoryIndexResponse.Types.ModelIndex Of(RepositoryRow row) =>
        new() { Name = row.Name, Version = row.Version, State = row.State, Reason = row.Reason };

    private static ModelConfig WithoutParameters(ModelConfiguration model) => new()
    {
        Name = model.Name,
        Platform = ModelConfiguration.Backend,
        Backend = ModelConfiguration.Backend,
        MaxBatchSize = model.MaxBatchSize,
        Input = { model.Inputs.Select(InputOf) },
        Output = { model.Outputs.Select(OutputOf) },
        InstanceGroup =
        {
            new ModelInstanceGroup { Name = model.Name, Count = model.Instances, Kind = ModelInstanceGroup.Types.Kind.Model },
        },
        SequenceBatching = model.IsStateful ? new() { Direct = new() } : null,
        ModelTransactionPolicy = new(),
    };

    private static ModelInput InputOf(ConfiguredTensor tensor) =>
        new() { Name = tensor.Name, DataType = (DataType)tensor.Datatype, Dims = { tensor.Dims } };

    private static ModelOutput OutputOf(ConfiguredTensor tensor) =>
        new() { Name = tensor.Name, DataType = (DataType)tensor.Datatype, Dims = { tensor.Dims } };

    private static StatisticDuration Of(DurationTotal duration) =>
        new() { Count = (ulong)duration.Count, Ns = (ulong)duration.Nanoseconds };
}
