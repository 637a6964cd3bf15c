using Ovms.Inference;
using Ovms.Inference.Messages;

namespace Ovms.Graphs.Execution;

/// <summary>How the calls of a graph are computed: straight on, or by packets and queues.</summary>
internal interface IGraphPlan
{
    /// <summary>Makes the run of one unary call.</summary>
    /// <param name="calls">Opens the calls of models.</param>
    /// <param name="message">The request, which lives as long as the run.</param>
    GraphCallRun Begin(ModelCalls calls, InferMessage message);
}
