using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>GetVectorItemCalculator of tensors: one item of VECTOR, chosen by INDEX or the options.</summary>
/// <param name="vector">The input VECTOR.</param>
/// <param name="index">The input INDEX; −1 if the options choose.</param>
/// <param name="options">The options.</param>
internal sealed class GetVectorItem(int vector, int index, GetVectorItemOptions options) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        GetVectorItemOptions given = options as GetVectorItemOptions ?? new GetVectorItemOptions();
        int vector = finder.Input("VECTOR", PacketKind.TensorVector);
        int index = finder.OptionalInput("INDEX", PacketKind.Int32);
        finder.Output("ITEM", PacketKind.Tensor);
        finder.Require(index >= 0 || given.ItemIndex >= 0, $"item_index is {given.ItemIndex}; expected: 0 and up");
        GetVectorItem calculator = new(vector, index, given);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (!context.HasInput(vector) || (index >= 0 && !context.HasInput(index)))
        {
            return new(Outcome.Ok);
        }

        object? chosen = index >= 0 ? context.Input(index).Value : options.ItemIndex;
        if (context.Input(vector).Value is not ValueVector items || chosen is not int place)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError,
                $"VECTOR is {Shown.Bounded(context.Input(vector).Value)} and INDEX {Shown.Bounded(chosen)}; "
                    + "expected: a vector and an int"));
        }

        if (place >= 0 && place < items.Count)
        {
            context.Emit(0, new Packet(items.Take(place), context.Time));
            return new(Outcome.Ok);
        }

        return options.OutputEmptyOnOob
            ? new(Outcome.Ok)
            : new(Outcome.Fail(
                StatusCode.GraphExecutionError, $"item {place} is asked for; the vector has {items.Count} items, counted from 0"));
    }
}
