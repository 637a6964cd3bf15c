using Ovms.Configuration.Pipelines;

namespace Ovms.Pipelines.Execution;

/// <summary>What one call of a pipeline may use.</summary>
internal static class PipelineLimits
{
    /// <summary>The most parts of a tensor.</summary>
    public const int MostParts = PipelineConfig.MostParts;

    /// <summary>The most bytes of tensors that a call holds at a time, beside its request and what models compute.</summary>
    public const long MostBytes = 4L << 30;
}
