using System.Diagnostics;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Interpreters;
using Ovms.Graphs.Scheduling;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>A graph that is served: computes its calls by its plan. Has no state between calls.</summary>
/// <param name="graph">The graph.</param>
/// <param name="plan">Its plan.</param>
/// <param name="python">Its Python nodes, which run; owned.</param>
/// <param name="calls">Opens the calls of models.</param>
/// <param name="clock">The source of packets' times.</param>
internal sealed class GraphComposition(GraphDefinition graph, IGraphPlan plan, PythonNodes python, ModelCalls calls, TimeProvider clock)
    : Composition
{
    // The configuration has no circles, but graphs that stayed in force after bad edits may name one another.
    private const int MostDepth = 32;

    // Made for the first stream: many graphs have none.
    private readonly Lazy<Outcome<GraphPlan>> _streamPlan = new(() => PacketPlanner.Plan(graph, python, reportsTimes: true));

    /// <inheritdoc/>
    public override bool IsGraph => true;

    /// <inheritdoc/>
    public override Outcome? Check(InferMessage message)
    {
        Outcome<long> time = PacketTime.Of(message, clock);
        message.PacketTime = time.IsOk ? time.Value : null;
        Outcome check = !time.IsOk ? time.WithoutValue
            : message.Depth > MostDepth ? Outcome.Fail(
                StatusCode.GraphPrecondition,
                $"graphs call one another more than {MostDepth} deep; see GET /v1/config for graphs whose edits failed")
            : EdgeCheck.Check(graph, message);
        if (!check.IsOk)
        {
            CountersOf(message)?.Reject();
        }

        return check;
    }

    /// <inheritdoc/>
    public override async Task<ComposedRun> RunAsync(InferMessage message, CancellationToken cancellation)
    {
        GraphCallRun run = plan.Begin(calls, message, Metrics?.Nodes);
        Outcome computed = Outcome.Fail(StatusCode.InternalError);
        long started = Stopwatch.GetTimestamp();
        TextMethodCounters? counters = CountersOf(message);
        counters?.Accept();
        Metrics?.Text.Enter();
        Enter();
        try
        {
            computed = await run.ComputeAsync(cancellation).ConfigureAwait(false);
            return new ComposedRun(computed, computed.IsOk ? OutputsOf(run, message) : [], run);
        }
        catch (OvmsException refused)
        {
            computed = refused.Outcome;
            return new ComposedRun(computed, [], run);
        }
        catch
        {
            // Nobody else gives back what its calls hold.
            run.Dispose();
            throw;
        }
        finally
        {
            Leave();
            Metrics?.Text.Leave();
            Metrics?.Text.GraphTime.Add(Stopwatch.GetTimestamp() - started);
            if (computed.IsOk)
            {
                counters?.Respond();
            }
            else
            {
                counters?.Fail();
            }
        }
    }

    /// <inheritdoc/>
    public override Outcome<RequestStream> OpenStream(IStreamAnswers answers)
    {
        Outcome<GraphPlan> made = _streamPlan.Value;
        return made.IsOk
            ? new StreamedGraph(graph, made.Value, calls, answers, new StreamMeter(this), clock)
            : made.WithoutValue;
    }

    /// <inheritdoc/>
    public override void Dispose() => python.Dispose();

    private OutputTensor[] OutputsOf(GraphCallRun run, InferMessage message)
    {
        if (run.Response is { } response)
        {
            IEnumerable<(string Name, TensorValue Value)> wanted = message.Outputs.Count == 0
                ? response
                : message.Outputs.Select(asked => response.First(tensor => tensor.Name == asked.Name));
            return [.. wanted.Select(static tensor => EdgeTensors.ToOutput(tensor.Value, tensor.Name))];
        }

        if (message.Outputs.Count > 0)
        {
            return [.. message.Outputs.Select(asked => run.OutputOf(IndexOf(asked.Name), asked.Name))];
        }

        OutputTensor[] outputs = new OutputTensor[graph.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = run.OutputOf(i, graph.Outputs[i].Name.Name);
        }

        return outputs;
    }

    private TextMethodCounters? CountersOf(InferMessage message) =>
        Metrics?.Text.OfGraph(message.Origin is CallOrigin.KServeGrpc or CallOrigin.TensorFlowServingGrpc);

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
