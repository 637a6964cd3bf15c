using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// ImmediateMuxCalculator: the packets of all inputs as they come; one that is older than what was written is dropped. The second output
/// gets true for each packet that came.
/// </summary>
/// <param name="outputs">The output, and maybe a second one.</param>
internal sealed class ImmediateMux(int[] outputs) : ICalculator
{
    private Timestamp _next = Timestamp.PreStream;
    private Timestamp _nextNote = Timestamp.PreStream;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int[] inputs = finder.Inputs();
        int[] outputs = finder.Outputs();
        finder.Require(inputs.Length > 0, "it needs at least one input_stream without a tag; the node has none");
        finder.Require(outputs.Length is 1 or 2, $"it needs one or two output_streams without a tag; the node has {outputs.Length}");
        return finder.Bind(() => new ImmediateMux(outputs), offset: null, InputPolicy.Immediate);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        for (int i = 0; i < context.InputCount; i++)
        {
            if (!context.HasInput(i))
            {
                continue;
            }

            Packet packet = context.Input(i);
            if (packet.Time >= _next)
            {
                context.Emit(outputs[0], packet.Share());
                _next = packet.Time.NextAllowed;
            }

            if (outputs.Length > 1)
            {
                Timestamp time = Timestamp.Greatest(context.Time, _nextNote);
                context.Emit(outputs[1], new Packet(true, time));
                _nextNote = time.NextAllowed;
            }
        }

        return new(Outcome.Ok);
    }
}
