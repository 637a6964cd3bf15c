using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;

namespace Ovms.Graphs.Execution;

/// <summary>How the calls of a graph are computed: straight on, or by packets and queues.</summary>
internal interface IGraphPlan
{
    /// <summary>Makes the run of one unary call.</summary>
    /// <param name="calls">Opens the calls of models.</param>
    /// <param name="message">The request, which lives as long as the run.</param>
    /// <param name="times">Takes the times of the nodes; null if nobody measures.</param>
    GraphCallRun Begin(ModelCalls calls, InferMessage message, NodeTimes? times);
}
