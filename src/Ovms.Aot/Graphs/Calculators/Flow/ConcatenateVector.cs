using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>ConcatenateTensorVectorCalculator: the vectors and single items of all inputs in one vector.</summary>
/// <param name="inputs">The inputs in the order of their indices.</param>
/// <param name="needsAll">Whether times at which an input is missing are left out.</param>
internal sealed class ConcatenateVector(int[] inputs, bool needsAll) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        ConcatenateVectorOptions given = options as ConcatenateVectorOptions ?? new ConcatenateVectorOptions();
        int[] inputs = finder.Inputs();
        finder.Output("", PacketKind.TensorVector);
        finder.Require(inputs.Length > 0, "it needs at least one input_stream without a tag; the node has none");
        ConcatenateVector calculator = new(inputs, given.OnlyEmitIfAllPresent);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        foreach (int input in inputs)
        {
            if (needsAll && !context.HasInput(input))
            {
                return new(Outcome.Ok);
            }
        }

        List<object> items = [];
        foreach (int input in inputs)
        {
            Packet packet = context.Input(input);
            if (packet.Value is ValueVector vector)
            {
                items.AddRange(Enumerable.Range(0, vector.Count).Select(vector.Take));
            }
            else if (!packet.IsEmpty)
            {
                items.Add(packet.Share().Value!);
            }
        }

        context.Emit(0, new Packet(new ValueVector([.. items]), context.Time));
        return new(Outcome.Ok);
    }
}
