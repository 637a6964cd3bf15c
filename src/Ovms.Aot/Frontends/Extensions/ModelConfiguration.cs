using System.Collections.Immutable;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Extensions;

/// <summary>A servable as the model configuration extension describes it; consistent with the model's metadata.</summary>
/// <param name="Name">The name that it is served under.</param>
/// <param name="MaxBatchSize">0 where the dimensions include the batch; else the largest batch, and the dimensions omit it.</param>
/// <param name="Inputs">Sorted by name.</param>
/// <param name="Outputs">Sorted by name.</param>
/// <param name="Instances">How many inferences run at the same time.</param>
/// <param name="IsStateful">Whether its calls are steps of sequences.</param>
/// <param name="Devices">The devices that run it, as text; null if unknown.</param>
internal sealed record ModelConfiguration(
    string Name,
    int MaxBatchSize,
    ImmutableArray<ConfiguredTensor> Inputs,
    ImmutableArray<ConfiguredTensor> Outputs,
    int Instances,
    bool IsStateful,
    string? Devices)
{
    /// <summary>The parameter that holds <see cref="Devices"/>, by OpenVINO's name of that property.</summary>
    public const string DevicesKey = "EXECUTION_DEVICES";

    /// <summary>The backend's name.</summary>
    public const string Backend = "openvino";

    // Reported where the batch has no upper bound: load tools refuse batches larger than the configuration says.
    private const int LargestToldBatch = 1024;

    /// <summary>Describes a servable.</summary>
    public static ModelConfiguration Of(Servable servable)
    {
        Signature signature = servable.Signature;
        int maxBatchSize = MaxBatchSizeOf(signature);
        return new ModelConfiguration(
            servable.Id.Name,
            maxBatchSize,
            Describe(signature.InputsInNameOrder, maxBatchSize > 0),
            Describe(signature.OutputsInNameOrder, maxBatchSize > 0),
            servable.Requests,
            servable.Sequences is not null,
            servable.Devices?.Text);
    }

    /// <summary>
    /// The largest batch, if every input and output begins with a dynamic dimension: the smallest of their upper bounds. Else 0, and also
    /// 0 where a tensor has no other dimension: perf_analyzer would take its shape for unknown and exit. A language model has no tensors
    /// that callers send, and so no batch.
    /// </summary>
    public static int MaxBatchSizeOf(Signature signature)
    {
        if (signature.Inputs.IsEmpty)
        {
            return 0;
        }

        long largest = long.MaxValue;
        foreach (TensorInfo info in signature.Inputs.Concat(signature.Outputs))
        {
            if (info.Shape.Rank < 2 || info.Shape[0].IsStatic)
            {
                return 0;
            }

            largest = info.Shape[0].Max < 0 ? largest : Math.Min(largest, info.Shape[0].Max);
        }

        return largest == long.MaxValue ? LargestToldBatch : (int)Math.Min(largest, int.MaxValue);
    }

    private static ImmutableArray<ConfiguredTensor> Describe(ImmutableArray<TensorInfo> tensors, bool leavesOutBatch) =>
    [
        .. tensors.Select(info =>
            new ConfiguredTensor(
                info.Name, ConfigDatatype.NumberOf(info.Marshaler.Datatype), ReportedShape.Of(info, leavesOutBatch ? 1 : 0))),
    ];
}

/// <summary>One input or output of a <see cref="ModelConfiguration"/>.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Datatype">A number of <see cref="ConfigDatatype"/>.</param>
/// <param name="Dims">-1 where any size is accepted.</param>
internal readonly record struct ConfiguredTensor(string Name, int Datatype, ImmutableArray<long> Dims);
