using Ovms.Graphs.Definitions;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>A graph that is served: computes its calls by its plan. Has no state between calls.</summary>
/// <param name="graph">The graph.</param>
/// <param name="plan">Its plan.</param>
/// <param name="calls">Opens the calls of models.</param>
/// <param name="clock">The source of packets' times.</param>
internal sealed class GraphComposition(GraphDefinition graph, StraightPlan plan, ModelCalls calls, TimeProvider clock) : Composition
{
    /// <inheritdoc/>
    public override Outcome? Check(InferMessage message)
    {
        Outcome<long> time = PacketTime.Of(message, clock);
        message.PacketTime = time.IsOk ? time.Value : null;
        return time.IsOk ? EdgeCheck.Check(graph, message) : time.WithoutValue;
    }

    /// <inheritdoc/>
    public override async Task<ComposedRun> RunAsync(InferMessage message, CancellationToken cancellation)
    {
        StraightRun run = new(calls, plan, message);
        Outcome computed = Outcome.Fail(StatusCode.InternalError);
        Enter();
        try
        {
            computed = await run.ComputeAsync(graph, cancellation).ConfigureAwait(false);
            return new ComposedRun(computed, computed.IsOk ? OutputsOf(run, message) : [], run);
        }
        catch (OvmsException refused)
        {
            computed = refused.Outcome;
            return new ComposedRun(computed, [], run);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    private OutputTensor[] OutputsOf(StraightRun run, InferMessage message)
    {
        if (message.Outputs.Count > 0)
        {
            return [.. message.Outputs.Select(asked => run.OutputOf(IndexOf(asked.Name), asked.Name, graph))];
        }

        OutputTensor[] outputs = new OutputTensor[graph.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = run.OutputOf(i, graph.Outputs[i].Name.Name, graph);
        }

        return outputs;
    }

    private int IndexOf(string name)
    {
        int index = 0;
        while (graph.Outputs[index].Name.Name != name)
        {
            index++;
        }

        return index;
    }
}
