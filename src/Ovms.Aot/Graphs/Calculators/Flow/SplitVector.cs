using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>SplitTensorVectorCalculator: parts of a vector, each at an output of its own, or all in one vector.</summary>
/// <param name="outputs">The outputs in the order of their indices.</param>
/// <param name="options">The options.</param>
internal sealed class SplitVector(int[] outputs, SplitVectorOptions options) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        SplitVectorOptions given = options as SplitVectorOptions ?? new SplitVectorOptions();
        finder.Input("", PacketKind.TensorVector);
        int[] outputs = finder.Outputs("", given.ElementOnly ? PacketKind.Tensor : PacketKind.TensorVector);
        finder.Require(given.Ranges.Length > 0, "ranges is empty; expected: at least one range");
        int expected = given.CombineOutputs ? 1 : given.Ranges.Length;
        finder.Require(
            outputs.Length == expected, $"its options ask for {expected} output_streams without a tag; the node has {outputs.Length}");
        finder.Require(!given.CombineOutputs || !given.ElementOnly, "element_only and combine_outputs exclude each other");
        foreach (VectorRange range in given.Ranges)
        {
            string shown = $"{range.Begin} to {range.End}";
            finder.Require(range.Begin >= 0 && range.End > range.Begin, $"the range {shown} is invalid; expected: 0 ≤ begin < end");
            finder.Require(!given.ElementOnly || range.End == range.Begin + 1, $"with element_only a range has one item, not {shown}");
        }

        VectorRange[] sorted = [.. given.Ranges.OrderBy(static range => range.Begin)];
        bool overlap = sorted.Zip(sorted.Skip(1)).Any(static pair => pair.Second.Begin < pair.First.End);
        finder.Require(!given.CombineOutputs || !overlap, "with combine_outputs ranges must not overlap");
        SplitVector calculator = new(outputs, given);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (context.Input(0).Value is not ValueVector vector)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError, $"the input is {Shown.Bounded(context.Input(0).Value)}; expected: a vector"));
        }

        int needed = options.Ranges.Max(static range => range.End);
        if (vector.Count < needed)
        {
            return new(Outcome.Fail(StatusCode.GraphExecutionError, $"the vector has {vector.Count} items; its ranges ask for {needed}"));
        }

        if (options.CombineOutputs)
        {
            object[] all = [.. options.Ranges.SelectMany(range => Part(vector, range))];
            context.Emit(outputs[0], new Packet(new ValueVector(all), context.Time));
            return new(Outcome.Ok);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            object[] part = Part(vector, options.Ranges[i]);
            context.Emit(outputs[i], new Packet(options.ElementOnly ? part[0] : new ValueVector(part), context.Time));
        }

        return new(Outcome.Ok);
    }

    private static object[] Part(ValueVector vector, VectorRange range) =>
        [.. Enumerable.Range(range.Begin, range.End - range.Begin).Select(vector.Take)];
}
