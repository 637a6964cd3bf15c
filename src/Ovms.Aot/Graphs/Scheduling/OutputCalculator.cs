using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>The node behind an output of a graph: it gives each packet to the observer.</summary>
/// <param name="output">Position of the graph's output.</param>
/// <param name="reportsTimes">Whether the observer is told which times are settled.</param>
internal sealed class OutputCalculator(int output, bool reportsTimes) : ICalculator
{
    private static readonly NodePorts s_ports = new([new PortName("", 0)], [], [], []);

    /// <summary>The node of an output.</summary>
    /// <param name="stream">The output.</param>
    /// <param name="position">Its position in the graph.</param>
    /// <param name="reportsTimes">Whether the observer is told which times are settled.</param>
    public static NodeDefinition Node(GraphStream stream, int position, bool reportsTimes)
    {
        CalculatorContract contract = new(s_ports) { ProcessesBounds = reportsTimes };
        contract.InputKinds[0] = stream.Kind;
        OutputCalculator calculator = new(position, reportsTimes);
        BoundCalculator bound = new(contract, () => calculator);
        return new NodeDefinition(stream.Name, "output of the graph", bound) { Inputs = [stream.Name] };
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Packet packet = context.Input(0);
        ValueTask task = packet.IsEmpty ? default : context.Observer.OnPacketAsync(output, packet.Share());
        if (!task.IsCompletedSuccessfully)
        {
            return AwaitAsync(task, context);
        }

        task.GetAwaiter().GetResult();
        return reportsTimes ? SettleAsync(context) : new(Outcome.Ok);
    }

    private async ValueTask<Outcome> AwaitAsync(ValueTask task, CalculatorContext context)
    {
        await task.ConfigureAwait(false);
        return reportsTimes ? await SettleAsync(context).ConfigureAwait(false) : Outcome.Ok;
    }

    private async ValueTask<Outcome> SettleAsync(CalculatorContext context)
    {
        await context.Observer.OnSettledAsync(output, context.Time).ConfigureAwait(false);
        return Outcome.Ok;
    }
}
