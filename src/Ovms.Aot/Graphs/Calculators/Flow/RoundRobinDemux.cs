using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>RoundRobinDemuxCalculator: each packet to the next output in turn, whose index SELECT tells.</summary>
/// <param name="input">The input.</param>
/// <param name="outputs">The outputs in the order of their indices.</param>
/// <param name="select">The output of the index; −1 if it is not there.</param>
internal sealed class RoundRobinDemux(int input, int[] outputs, int select) : ICalculator
{
    private int _next;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int input = finder.Input("INPUT");
        int[] outputs = finder.Outputs("OUTPUT");
        int select = finder.OptionalOutput("SELECT", PacketKind.Int32);
        finder.Require(outputs.Length > 0, "it needs at least one output_stream with the tag OUTPUT; the node has none");
        foreach (int output in outputs)
        {
            finder.HandsOn(input, output);
        }

        return finder.Bind(() => new RoundRobinDemux(input, outputs, select));
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        context.Emit(outputs[_next], context.Input(input).Share());
        if (select >= 0)
        {
            context.Emit(select, new Packet(_next, context.Time));
        }

        _next = (_next + 1) % outputs.Length;
        return new(Outcome.Ok);
    }
}
