using Ovms.Graphs.Definitions;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Graphs.Execution;

/// <summary>One call of a graph with a <see cref="StraightPlan"/>. It holds the calls of its models until it is disposed.</summary>
/// <remarks>
/// Only the last inference keeps its infer request until the answer is written. Calls that wait for a request while they hold another one
/// could wait for one another for ever.
/// </remarks>
/// <param name="calls">Opens the calls of models.</param>
/// <param name="plan">The plan.</param>
/// <param name="message">The request, which lives as long as this.</param>
internal sealed class StraightRun(ModelCalls calls, StraightPlan plan, InferMessage message) : IDisposable, IDetachable
{
    // Below this size a copy costs less than new memory for the infer request.
    private const long CheapToCopy = 4 << 10;

    private readonly StepValue[]?[] _values = new StepValue[plan.Steps.Length][];
    private readonly List<ModelCall> _open = [];
    private List<NativeBuffer>? _copies;

    /// <summary>Computes all steps.</summary>
    /// <param name="graph">The graph, for the order of its inputs.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>Ok; or the first failure, with the node's name.</returns>
    public async ValueTask<Outcome> ComputeAsync(GraphDefinition graph, CancellationToken cancellation)
    {
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            StraightStep step = plan.Steps[i];
            bool isLast = i == plan.Steps.Length - 1;
            Outcome<ModelCall> opened = calls.Open(CallOrigin.Composed, step.Session.Model, step.Session.Version);
            if (!opened.IsOk)
            {
                return NodeFault.OfModel(step, opened.WithoutValue);
            }

            ModelCall call = opened.Value;
            _open.Add(call);
            Outcome computed = await call.RunAsync(MessageOf(step, graph, isLast), cancellation).ConfigureAwait(false);
            call.Answered(computed);
            if (!computed.IsOk)
            {
                return NodeFault.Of(step, computed);
            }

            _values[i] = isLast ? [.. call.Outputs.Select(StepValue.Of)] : Release(call);
        }

        return Outcome.Ok;
    }

    /// <summary>An output of the graph, after <see cref="ComputeAsync"/>.</summary>
    /// <param name="output">Its index.</param>
    /// <param name="name">Its name.</param>
    /// <param name="graph">The graph.</param>
    public OutputTensor OutputOf(int output, string name, GraphDefinition graph)
    {
        StepValue value = ValueOf(plan.Outputs[output], graph);
        TensorInfo info = value.Info is { } computed
            ? computed with { Name = name }
            : InfoOf(name, value.Input!);
        return value.ToOutput(info);
    }

    /// <inheritdoc/>
    public bool TryDetach() => _open.Count == 0 || _open[^1].Detach();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ModelCall call in _open)
        {
            call.Dispose();
        }

        _open.Clear();
        _copies?.ForEach(static copy => copy.Dispose());
        _copies = null;
    }

    private static TensorInfo InfoOf(string name, InputTensor input)
    {
        ElementType type = (TensorMarshaler.ForDatatype(input.Datatype) ?? TensorMarshaler.For(ElementType.U8)).ElementType;
        return new TensorInfo(0, name, type, PartialShape.Of(input.Shape), "...");
    }

    private InferMessage MessageOf(StraightStep step, GraphDefinition graph, bool isLast)
    {
        InferMessage inner = calls.Messages.Rent();
        inner.Origin = CallOrigin.Composed;
        inner.SequenceParameters = message.SequenceParameters;
        inner.AnswerRoom = isLast ? message.AnswerRoom : null;
        foreach ((string name, TensorSource source) in step.Inputs)
        {
            InputTensor input = inner.SpareInput();
            inner.Inputs.Add(input);
            input.Name = name;
            ValueOf(source, graph).Give(input);
        }

        foreach (string name in step.Outputs)
        {
            inner.Outputs.Add(new RequestedOutput(name));
        }

        return inner;
    }

    private StepValue ValueOf(TensorSource source, GraphDefinition graph)
    {
        if (!source.IsInput)
        {
            return _values[source.Step]![source.Index];
        }

        string name = graph.Inputs[source.Index].Name.Name;
        return StepValue.Of(message.Inputs.Find(input => input.Name == name)!);
    }

    // The outputs leave the infer request, by themselves or as copies.
    private StepValue[] Release(ModelCall call)
    {
        bool isSmall = true;
        bool isText = false;
        foreach (OutputTensor output in call.Outputs)
        {
            isText |= output.Info.ElementType == ElementType.String;
            isSmall &= !isText && output.ByteSize <= CheapToCopy;
        }

        if (!isSmall && !isText && call.Detach())
        {
            return [.. call.Outputs.Select(StepValue.Of)];
        }

        StepValue[] values = [.. call.Outputs.Select(StepValue.CopyOf)];
        (_copies ??= []).AddRange(values.Select(static value => value.Copy!));
        call.EndInference();
        return values;
    }
}
