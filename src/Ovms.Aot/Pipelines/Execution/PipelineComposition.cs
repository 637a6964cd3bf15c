using System.Collections.Immutable;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Libraries;

namespace Ovms.Pipelines.Execution;

/// <summary>A pipeline that serves.</summary>
/// <param name="plan">Its plan.</param>
/// <param name="calls">Opens the calls of its models.</param>
/// <param name="instances">The instance of each custom node, by the node's index; owned. Null for other nodes.</param>
/// <param name="mostAtOnce">The most sessions of each node that one call computes at the same time, by the node's index.</param>
/// <param name="watch">Disposed with it; null = nothing.</param>
internal sealed class PipelineComposition(
    PipelinePlan plan, ModelCalls calls, ImmutableArray<NodeInstance?> instances, ImmutableArray<int> mostAtOnce, IDisposable? watch = null)
    : Composition
{
    /// <summary>Its plan.</summary>
    public PipelinePlan Plan => plan;

    /// <summary>The most sessions of a node that one call computes at the same time.</summary>
    public int MostAtOnce(int node) => mostAtOnce[node];

    /// <summary>The instance of a custom node; null for a model.</summary>
    public NodeInstance? InstanceOf(int node) => instances[node];

    /// <summary>Opens the calls of its models.</summary>
    public ModelCalls Calls => calls;

    /// <inheritdoc/>
    public override async Task<ComposedRun> RunAsync(InferMessage message, CancellationToken cancellation)
    {
        foreach (NodeInstance? instance in instances)
        {
            if (instance?.Library.Check() is { IsOk: false } refusal)
            {
                return new ComposedRun(refusal, [], null);
            }
        }

        Enter();
        try
        {
            return await new PipelineRun(this, message, cancellation).RunAsync().ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        watch?.Dispose();
        foreach (NodeInstance? instance in instances)
        {
            instance?.Release();
        }
    }
}
