using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>PacketInnerJoinCalculator: hands on the packets of those times at which all inputs have one.</summary>
/// <param name="inputs">The inputs in the order of their indices.</param>
/// <param name="outputs">Their outputs.</param>
internal sealed class PacketInnerJoin(int[] inputs, int[] outputs) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int[] inputs = finder.Inputs();
        int[] outputs = finder.Outputs();
        finder.Require(
            inputs.Length > 0 && inputs.Length == outputs.Length,
            $"it needs as many output_streams as input_streams without a tag, 1 and up; it has {outputs.Length} and {inputs.Length}");
        for (int i = 0; i < Math.Min(inputs.Length, outputs.Length); i++)
        {
            finder.HandsOn(inputs[i], outputs[i]);
        }

        PacketInnerJoin calculator = new(inputs, outputs);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        foreach (int input in inputs)
        {
            if (!context.HasInput(input))
            {
                return new(Outcome.Ok);
            }
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            context.Emit(outputs[i], context.Input(inputs[i]).Share());
        }

        return new(Outcome.Ok);
    }
}
