using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>ClipTensorVectorSizeCalculator: the first items of a vector, at most as many as the options or a side packet say.</summary>
/// <param name="side">The side packet with the number; −1 if the options give it.</param>
/// <param name="most">The number in the options.</param>
internal sealed class ClipVectorSize(int side, int most) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int most = (options as ClipVectorSizeOptions ?? new ClipVectorSizeOptions()).MaxVecSize;
        finder.Input("", PacketKind.TensorVector);
        finder.Output("", PacketKind.TensorVector);
        int side = finder.OptionalInputSide("", PacketKind.Int32);
        finder.MayMiss(side);
        finder.Require(most >= 1, $"max_vec_size is {most}; expected: 1 and up");
        ClipVectorSize calculator = new(side, most);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        int kept = side >= 0 && context.Side(side) is int given ? given : most;
        if (kept < 1)
        {
            return new(Outcome.Fail(StatusCode.GraphExecutionError, $"the side packet with the size is {kept}; expected: 1 and up"));
        }

        if (context.Input(0).Value is not ValueVector vector)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError, $"the input is {Shown.Bounded(context.Input(0).Value)}; expected: a vector"));
        }

        object[] items = [.. Enumerable.Range(0, Math.Min(kept, vector.Count)).Select(vector.Take)];
        context.Emit(0, new Packet(new ValueVector(items), context.Time));
        return new(Outcome.Ok);
    }
}
