using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>MuxCalculator: at each time the packet of the input that SELECT names by its index.</summary>
/// <param name="inputs">The inputs in the order of their indices.</param>
/// <param name="select">The input that selects; −1 if a side packet does.</param>
internal sealed class Mux(int[] inputs, int select) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int[] inputs = finder.Inputs("INPUT");
        int select = finder.OptionalInput("SELECT", PacketKind.Int32);
        int side = finder.OptionalInputSide("SELECT", PacketKind.Int32);
        finder.Require(inputs.Length > 0, "it needs at least one input_stream with the tag INPUT; the node has none");
        finder.Require(select >= 0 != side >= 0, "it needs SELECT either as input_stream or as input_side_packet");
        finder.HandsOn(inputs.Length > 0 ? inputs[0] : -1, finder.Output("OUTPUT"));
        Mux calculator = new(inputs, select);
        return finder.Bind(() => calculator, policy: select >= 0 ? InputPolicy.Mux : null);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        object? selected = select >= 0 ? context.Input(select).Value : context.Side(0);
        if (selected is null)
        {
            return new(Outcome.Ok);
        }

        if (selected is not int index || index < 0 || index >= inputs.Length)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError,
                $"SELECT is {Shown.Bounded(selected)}; expected: the index of an INPUT, 0 to {inputs.Length - 1}"));
        }

        if (context.HasInput(inputs[index]))
        {
            context.Emit(0, context.Input(inputs[index]).Share());
        }

        return new(Outcome.Ok);
    }
}
