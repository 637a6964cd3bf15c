using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>EndLoopTensorCalculator: collects the packets at ITEM into one vector, at the time that BATCH_END carries.</summary>
/// <param name="item">The input ITEM.</param>
/// <param name="end">The input BATCH_END.</param>
internal sealed class EndLoop(int item, int end) : ICalculator
{
    private readonly List<object> _items = [];

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int item = finder.Input("ITEM", PacketKind.Tensor);
        int end = finder.Input("BATCH_END", PacketKind.Time);
        finder.Output("ITERABLE", PacketKind.TensorVector);
        return finder.Bind(() => new EndLoop(item, end), offset: null);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (context.HasInput(item))
        {
            _items.Add(context.Input(item).Share().Value!);
        }

        if (!context.HasInput(end))
        {
            return new(Outcome.Ok);
        }

        if (context.Input(end).Value is not Timestamp time)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError, $"BATCH_END is {Shown.Bounded(context.Input(end).Value)}; expected: a timestamp"));
        }

        if (_items.Count > 0)
        {
            context.Emit(0, new Packet(new ValueVector([.. _items]), time));
            _items.Clear();
        }

        context.SetBound(0, time.NextAllowed);
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        _items.ForEach(static value => (value as SharedValue)?.Release());
        return new(Outcome.Ok);
    }
}
