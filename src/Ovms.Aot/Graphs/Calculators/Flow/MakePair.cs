using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>MakePairCalculator: the packets of two inputs in one, at times at which both have one.</summary>
/// <param name="first">The first input.</param>
/// <param name="second">The second input.</param>
internal sealed class MakePair(int first, int second) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int[] inputs = finder.Inputs();
        finder.Output("", PacketKind.Pair);
        finder.Require(inputs.Length == 2, $"it needs two input_streams without a tag; the node has {inputs.Length}");
        MakePair calculator = new(inputs.FirstOrDefault(), inputs.LastOrDefault());
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (context.HasInput(first) && context.HasInput(second))
        {
            object one = context.Input(first).Share().Value!;
            object other = context.Input(second).Share().Value!;
            context.Emit(0, new Packet(new ValuePair(one, other), context.Time));
        }

        return new(Outcome.Ok);
    }
}
