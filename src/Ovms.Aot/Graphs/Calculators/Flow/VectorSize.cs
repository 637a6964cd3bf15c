using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>TensorVectorSizeCalculator: the number of items of VECTOR, at SIZE.</summary>
internal sealed class VectorSize : ICalculator
{
    /// <summary>Checks the ports.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        finder.Input("VECTOR", PacketKind.TensorVector);
        finder.Output("SIZE", PacketKind.Int32);
        VectorSize calculator = new();
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (context.Input(0).Value is not ValueVector vector)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError, $"VECTOR is {Shown.Bounded(context.Input(0).Value)}; expected: a vector"));
        }

        context.Emit(0, new Packet(vector.Count, context.Time));
        return new(Outcome.Ok);
    }
}
