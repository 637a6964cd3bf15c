using Ovms.Graphs.Definitions;
using Ovms.Graphs.Scheduling;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;

namespace Ovms.Graphs.Execution;

/// <summary>The plan of a graph whose calls are computed by packets and queues.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Plan">Its nodes and streams.</param>
internal sealed record PacketPlan(GraphDefinition Graph, GraphPlan Plan) : IGraphPlan
{
    /// <inheritdoc/>
    public GraphCallRun Begin(ModelCalls calls, InferMessage message, NodeTimes? times) => new PacketRun(this, calls, message, times);
}
