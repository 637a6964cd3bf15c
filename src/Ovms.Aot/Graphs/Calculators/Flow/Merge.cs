using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>MergeCalculator: at each time the packet of the first input that has one.</summary>
/// <param name="inputs">The inputs in their order.</param>
internal sealed class Merge(int[] inputs) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int[] inputs = finder.Inputs();
        finder.Require(inputs.Length > 0, "it needs at least one input_stream without a tag; the node has none");
        finder.HandsOn(inputs.Length > 0 ? inputs[0] : -1, finder.Output(""));
        Merge calculator = new(inputs);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        foreach (int input in inputs)
        {
            if (context.HasInput(input))
            {
                context.Emit(0, context.Input(input).ShareAt(context.Time));
                break;
            }
        }

        return new(Outcome.Ok);
    }
}
