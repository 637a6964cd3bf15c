using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>The node behind an output of a graph: it gives each packet to the observer.</summary>
/// <param name="output">Position of the graph's output.</param>
internal sealed class OutputCalculator(int output) : ICalculator
{
    private static readonly NodePorts s_ports = new([new PortName("", 0)], [], [], []);

    /// <summary>The node of an output.</summary>
    /// <param name="stream">The output.</param>
    /// <param name="position">Its position in the graph.</param>
    public static NodeDefinition Node(GraphStream stream, int position)
    {
        CalculatorContract contract = new(s_ports);
        contract.InputKinds[0] = stream.Kind;
        OutputCalculator calculator = new(position);
        BoundCalculator bound = new(contract, () => calculator);
        return new NodeDefinition(stream.Name, "output of the graph", bound) { Inputs = [stream.Name] };
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Packet packet = context.Input(0);
        if (packet.IsEmpty)
        {
            return new(Outcome.Ok);
        }

        ValueTask task = context.Observer.OnPacketAsync(output, packet.Share());
        if (!task.IsCompletedSuccessfully)
        {
            return AwaitAsync(task);
        }

        task.GetAwaiter().GetResult();
        return new(Outcome.Ok);
    }

    private static async ValueTask<Outcome> AwaitAsync(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return Outcome.Ok;
    }
}
