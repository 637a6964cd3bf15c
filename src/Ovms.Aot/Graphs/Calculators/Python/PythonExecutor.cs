using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Interpreters;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>
/// Calls the handler with the inputs of a time. A list that it returns is written at that time. Of a generator one list is written at that
/// time and one more each time that the node calls itself through LOOPBACK, each a unit of time later.
/// </summary>
/// <param name="ports">The ports.</param>
/// <param name="node">What runs the handler.</param>
internal sealed class PythonExecutor(PythonPorts ports, PythonNode node) : ICalculator
{
    private PythonGenerator? _generator;
    private Timestamp _time;

    /// <inheritdoc/>
    public async ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        bool hasInput = ports.Inputs.Any(context.HasInput);
        PythonGenerator? generator = ports.LoopIn < 0 ? null : _generator;
        if (generator is null && !hasInput)
        {
            return Outcome.Ok;
        }

        if (generator is not null && hasInput)
        {
            return Outcome.Fail(StatusCode.PythonNodeBusy);
        }

        Outcome<PythonAnswer> answered = generator is null
            ? await ExecuteAsync(context).ConfigureAwait(false)
            : await node.NextAsync(generator, context.Cancellation).ConfigureAwait(false);
        if (!answered.IsOk)
        {
            return answered.WithoutValue;
        }

        Timestamp time = generator is null ? context.Time : _time;
        return Emit(context, answered.Value, time);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        if (_generator is { } generator)
        {
            node.Drop(generator);
            _generator = null;
        }

        return new(Outcome.Ok);
    }

    private async Task<Outcome<PythonAnswer>> ExecuteAsync(CalculatorContext context)
    {
        List<SentTensor> inputs = new(ports.Inputs.Length);
        List<NativeBuffer> packed = [];
        try
        {
            foreach (int port in ports.Inputs)
            {
                // Which inputs are there depends on the handler of the node's input streams.
                if (context.Input(port).Value is TensorPacket packet)
                {
                    inputs.Add(PythonTensors.ToPython(packet, node.Handler.Inputs[port], packed));
                }
                else if (context.HasInput(port))
                {
                    return Outcome.Fail(
                        StatusCode.GraphExecutionError,
                        $"its input {node.Handler.Inputs[port]} is {Shown.Bounded(context.Input(port).Value)}; expected a tensor");
                }
            }

            return await node.ExecuteAsync([.. inputs], context.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            packed.ForEach(static texts => texts.Dispose());
        }
    }

    private Outcome Emit(CalculatorContext context, PythonAnswer answer, Timestamp time)
    {
        _generator = answer.Generator;
        Outcome result = answer.Raised is { } raised ? Outcome.Fail(StatusCode.GraphExecutionError, raised)
            : answer.Generator is not null && ports.LoopIn < 0
                ? Outcome.Fail(StatusCode.GraphExecutionError, "Execute yielded, but LOOPBACK is not defined in the node")
                : Outcome.Ok;
        foreach (ReceivedTensor tensor in answer.Tensors)
        {
            int port = node.Handler.Outputs.IndexOf(tensor.Name);
            if (result.IsOk && (port < 0 || port == ports.LoopOut))
            {
                result = Outcome.Fail(
                    StatusCode.GraphExecutionError,
                    $"execute gave a tensor named {Shown.Bounded(tensor.Name)}, which is no output of the node");
            }

            if (!result.IsOk)
            {
                tensor.Content.Dispose();
                continue;
            }

            Outcome<TensorPacket> packet = PythonTensors.FromPython(tensor);
            result = packet.WithoutValue;
            if (packet.IsOk)
            {
                context.Emit(port, new Packet(packet.Value, time));
            }
        }

        if (result.IsOk && answer.Generator is not null)
        {
            _time = time.NextAllowed;
            context.Emit(ports.LoopOut, new Packet(true, _time));
        }

        return result;
    }
}
