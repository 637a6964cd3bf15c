using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// BeginLoopTensorCalculator: each item of ITERABLE as a packet of its own, at times that count from 0, with a copy of the packets at
/// CLONE.
/// BATCH_END carries the time of ITERABLE, at the time of the last item.
/// </summary>
/// <param name="iterable">The input ITERABLE.</param>
/// <param name="item">The output ITEM.</param>
/// <param name="end">The output BATCH_END.</param>
/// <param name="clones">The inputs CLONE.</param>
/// <param name="cloned">Their outputs.</param>
internal sealed class BeginLoop(int iterable, int item, int end, int[] clones, int[] cloned) : ICalculator
{
    private long _time;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int iterable = finder.Input("ITERABLE", PacketKind.TensorVector);
        int item = finder.Output("ITEM", PacketKind.Tensor);
        int end = finder.Output("BATCH_END", PacketKind.Time);
        int[] clones = finder.Inputs("CLONE");
        int[] cloned = finder.Outputs("CLONE");
        finder.Require(
            clones.Length == cloned.Length, $"it needs as many outputs CLONE as inputs; the node has {cloned.Length} and {clones.Length}");
        for (int i = 0; i < Math.Min(clones.Length, cloned.Length); i++)
        {
            finder.HandsOn(clones[i], cloned[i]);
        }

        return finder.Bind(() => new BeginLoop(iterable, item, end, clones, cloned), offset: null);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (!context.HasInput(iterable))
        {
            return new(Outcome.Ok);
        }

        if (context.Input(iterable).Value is not ValueVector vector)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError, $"ITERABLE is {Shown.Bounded(context.Input(iterable).Value)}; expected: a vector"));
        }

        for (int i = 0; i < vector.Count; i++)
        {
            Timestamp time = new(_time++);
            context.Emit(item, new Packet(vector.Take(i), time));
            for (int j = 0; j < clones.Length; j++)
            {
                if (context.HasInput(clones[j]))
                {
                    context.Emit(cloned[j], context.Input(clones[j]).ShareAt(time));
                }
            }
        }

        // An empty vector takes one time, so that its end can be told.
        _time += vector.Count == 0 ? 1 : 0;
        context.Emit(end, new Packet(context.Time, new Timestamp(_time - 1)));
        for (int i = 0; i < context.OutputCount; i++)
        {
            context.SetBound(i, new Timestamp(_time));
        }

        return new(Outcome.Ok);
    }
}
