using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// StreamToSidePacketCalculator: the one packet of a stream as side packet. It is known only while the graph runs: a graph in which a node
/// reads it is refused.
/// </summary>
internal sealed class StreamToSidePacket : ICalculator
{
    private bool _isSet;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        finder.Input("");
        finder.OutputSide("");
        return finder.Bind(static () => new StreamToSidePacket(), setsSidesLate: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (_isSet)
        {
            return new(Outcome.Fail(StatusCode.GraphExecutionError, "a second packet came; expected: one packet in the whole stream"));
        }

        _isSet = true;
        context.SetSide(0, context.Input(0).Share().Value!);
        return new(Outcome.Ok);
    }
}
