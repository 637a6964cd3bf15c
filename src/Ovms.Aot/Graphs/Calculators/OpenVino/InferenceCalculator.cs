using System.Collections.Immutable;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>Infers once for each time at which its inputs have packets. Has no state, so that one object serves all runs.</summary>
internal sealed class InferenceCalculator : ICalculator
{
    private readonly InferencePorts _ports;

    // The model's outputs that are read, each once, and where those of each port are among them.
    private readonly ImmutableArray<string> _wanted;
    private readonly int[][] _places;

    public InferenceCalculator(InferencePorts ports)
    {
        _ports = ports;
        _wanted = [.. ports.Outputs.SelectMany(static port => port.Tensors).Distinct()];
        _places = [.. ports.Outputs.Select(port => port.Tensors.Select(tensor => _wanted.IndexOf(tensor)).ToArray())];
    }

    /// <inheritdoc/>
    public async ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (context.Side(_ports.Session) is not ModelSession session || context.Caller is not GraphCaller caller)
        {
            return Outcome.Fail(StatusCode.GraphPrecondition, "its SESSION is no session; expected the side packet of a session node");
        }

        InferMessage message = caller.Calls.Messages.Rent();
        message.Origin = CallOrigin.Composed;
        message.Depth = (caller.Message?.Depth ?? 0) + 1;
        message.SequenceParameters = caller.Message?.SequenceParameters;
        Outcome filled = Fill(message, context);
        Outcome<ModelCall> opened = filled.IsOk ? caller.Calls.Open(CallOrigin.Composed, session.Model, session.Version) : filled;
        if (!opened.IsOk)
        {
            message.Dispose();
            return filled.IsOk ? InferenceFault.OfModel(session, opened.WithoutValue) : filled;
        }

        ModelCall? call = opened.Value;
        try
        {
            Outcome computed = await call.RunAsync(message, context.Cancellation).ConfigureAwait(false);
            call.Answered(computed);
            if (computed.IsOk)
            {
                InferenceResult result = new(call);
                call = null;
                Emit(context, result);
            }

            return computed.IsOk ? computed : InferenceFault.Of(computed);
        }
        finally
        {
            call?.Dispose();
        }
    }

    private Outcome Fill(InferMessage message, CalculatorContext context)
    {
        for (int i = 0; i < _ports.Inputs.Length; i++)
        {
            InferencePort port = _ports.Inputs[i];
            object? value = context.Input(i).Value;
            if (value is null)
            {
                return Outcome.Fail(
                    StatusCode.GraphExecutionError,
                    $"its input {port.Port} has no packet at time {context.Time}; all inputs of an inference need one at the same time");
            }

            int count = value is ValueVector vector ? vector.Count : 1;
            if (count != port.Tensors.Length)
            {
                return Outcome.Fail(
                    StatusCode.GraphExecutionError,
                    $"its input {port.Port} has {count} tensors; input_order_list names {port.Tensors.Length}");
            }

            for (int tensor = 0; tensor < count; tensor++)
            {
                object item = value is ValueVector items ? items[tensor] : value;
                if (item is not TensorPacket packet)
                {
                    return Outcome.Fail(
                        StatusCode.GraphExecutionError, $"its input {port.Port} is {Shown.Bounded(item)}; expected a tensor");
                }

                InputTensor input = message.SpareInput();
                message.Inputs.Add(input);
                input.Name = port.Tensors[tensor];
                packet.Value.Give(input);
            }
        }

        foreach (string name in _wanted)
        {
            message.Outputs.Add(new RequestedOutput(name));
        }

        return Outcome.Ok;
    }

    private void Emit(CalculatorContext context, InferenceResult result)
    {
        for (int i = 0; i < _places.Length; i++)
        {
            object[] items = [.. _places[i].Select(place => PacketOf(result, place))];
            context.Emit(i, new Packet(_ports.Outputs[i].IsVector ? new ValueVector(items) : items[0], context.Time));
        }

        result.Release();
    }

    private static TensorPacket PacketOf(InferenceResult result, int place)
    {
        result.Retain();
        return new TensorPacket(result.Values[place], result);
    }
}
