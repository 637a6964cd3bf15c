using System.Diagnostics;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Definitions;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>
/// One call of a graph with a <see cref="StraightPlan"/>. Only the last inference keeps its infer request for the answer.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="plan">The plan.</param>
/// <param name="calls">Opens the calls of models.</param>
/// <param name="message">The request, which lives as long as this.</param>
/// <param name="times">Takes the times of the nodes; null if nobody measures.</param>
internal sealed class StraightRun(
    GraphDefinition graph, StraightPlan plan, ModelCalls calls, InferMessage message, NodeTimes? times) : GraphCallRun
{
    private readonly TensorValue[]?[] _values = new TensorValue[plan.Steps.Length][];
    private List<InferenceResult>? _results;
    private ModelCall? _last;

    /// <inheritdoc/>
    public override async ValueTask<Outcome> ComputeAsync(CancellationToken cancellation)
    {
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            StraightStep step = plan.Steps[i];
            bool isLast = i == plan.Steps.Length - 1;
            Outcome<ModelCall> opened = calls.Open(CallOrigin.Composed, step.Session.Model, step.Session.Version);
            if (!opened.IsOk)
            {
                return NodeFault.OfModel(step.Described, step.Session, opened.WithoutValue);
            }

            _last = opened.Value;
            long began = times is null ? 0 : Stopwatch.GetTimestamp();
            Outcome computed = await _last.RunAsync(MessageOf(step, isLast), cancellation).ConfigureAwait(false);
            _last.Answered(computed);
            times?.Add(step.Name, began);
            if (!computed.IsOk)
            {
                return NodeFault.OfInference(step.Described, computed);
            }

            if (isLast)
            {
                _values[i] = Array.ConvertAll(_last.Outputs, TensorValue.Of);
            }
            else
            {
                InferenceResult result = new(_last);
                _last = null;
                (_results ??= []).Add(result);
                _values[i] = result.Values;
            }
        }

        return Outcome.Ok;
    }

    /// <inheritdoc/>
    public override bool TryDetach() => _last?.Detach() != false;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _last?.Dispose();
        _last = null;
        _results?.ForEach(static result => result.Release());
        _results = null;
    }

    /// <inheritdoc/>
    protected override TensorValue ValueOf(int output) => ValueOf(plan.Outputs[output]);

    private InferMessage MessageOf(StraightStep step, bool isLast)
    {
        InferMessage inner = calls.Messages.Rent();
        inner.Origin = CallOrigin.Composed;
        inner.Depth = message.Depth + 1;
        inner.SequenceParameters = message.SequenceParameters;
        inner.AnswerRoom = isLast ? message.AnswerRoom : null;
        foreach ((string name, TensorSource source) in step.Inputs)
        {
            InputTensor input = inner.SpareInput();
            inner.Inputs.Add(input);
            input.Name = name;
            ValueOf(source).Give(input);
        }

        foreach (string name in step.Outputs)
        {
            inner.Outputs.Add(new RequestedOutput(name));
        }

        return inner;
    }

    private TensorValue ValueOf(TensorSource source)
    {
        if (!source.IsInput)
        {
            return _values[source.Step]![source.Index];
        }

        string name = graph.Inputs[source.Index].Name.Name;
        foreach (InputTensor input in message.Inputs)
        {
            if (input.Name == name)
            {
                return TensorValue.Of(input);
            }
        }

        throw new InvalidOperationException("The edge's check found every input.");
    }
}
