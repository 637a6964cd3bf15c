using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>PassThroughCalculator: hands each packet on to the output with the tag and index of its input, side packets too.</summary>
/// <param name="outputs">The output of each input.</param>
/// <param name="sides">The output side packet of each input side packet.</param>
internal sealed class PassThrough(int[] outputs, int[] sides) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        NodePorts ports = finder.Ports;
        int[] outputs = Matching(finder, "stream", ports.Inputs, ports.Outputs);
        int[] sides = Matching(finder, "side packet", ports.InputSides, ports.OutputSides);
        foreach (PortName port in ports.Inputs)
        {
            finder.Inputs(port.Tag);
            finder.Outputs(port.Tag);
        }

        foreach (PortName port in ports.InputSides)
        {
            finder.InputSides(port.Tag);
            finder.OutputSides(port.Tag);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            finder.HandsOn(i, outputs[i]);
        }

        PassThrough calculator = new(outputs, sides);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        for (int i = 0; i < sides.Length; i++)
        {
            if (context.TakeSide(i) is object value)
            {
                context.SetSide(sides[i], value);
            }
        }

        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (context.HasInput(i))
            {
                context.Emit(outputs[i], context.Input(i).Share());
            }
        }

        return new(Outcome.Ok);
    }

    private static int[] Matching(PortFinder finder, string what, PortName[] inputs, PortName[] outputs)
    {
        finder.Require(
            inputs.Length == outputs.Length,
            $"it has {inputs.Length} input {what}s and {outputs.Length} output {what}s; expected: as many");
        foreach (PortName port in inputs)
        {
            finder.Require(outputs.Contains(port), $"the input {what} {port} has no output with its tag and index");
        }

        return [.. inputs.Select(port => Array.IndexOf(outputs, port))];
    }
}
