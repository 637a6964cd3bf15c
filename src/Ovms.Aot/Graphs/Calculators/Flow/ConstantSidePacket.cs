using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>ConstantSidePacketCalculator: side packets with values from the options.</summary>
/// <param name="outputs">The output side packets in the order of their indices.</param>
/// <param name="values">Their values.</param>
internal sealed class ConstantSidePacket(int[] outputs, object[] values) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        ConstantSideOptions given = options as ConstantSideOptions ?? new ConstantSideOptions();
        string tag = finder.Ports.OutputSides.Any(static port => port.Tag == "PACKET") ? "PACKET" : "";
        int[] outputs = finder.OutputSides(tag);
        finder.Require(
            outputs.Length == given.Packet.Length && outputs.Length > 0,
            $"it needs one output_side_packet PACKET for each packet of its options; it has {outputs.Length} and {given.Packet.Length}");
        List<object> values = [];
        for (int i = 0; i < Math.Min(outputs.Length, given.Packet.Length); i++)
        {
            (object? value, PacketKind kind) = ValueOf(given.Packet[i]);
            finder.Require(value is not null, $"packet {i} of its options has no value, or several");
            finder.SetOutputSideKind(outputs[i], kind);
            values.Add(value ?? "");
        }

        ConstantSidePacket calculator = new(outputs, [.. values]);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            (values[i] as SharedValue)?.Retain();
            context.SetSide(outputs[i], values[i]);
        }

        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context) => new(Outcome.Ok);

    // The one field that is given; none if several are.
    private static (object? Value, PacketKind Kind) ValueOf(ConstantValue given)
    {
        (object? Value, PacketKind Kind)[] fields =
        [
            (given.IntValue, PacketKind.Int32), (given.Uint64Value, PacketKind.UInt64), (given.Int64Value, PacketKind.Int64),
            (given.FloatValue, PacketKind.Float), (given.DoubleValue, PacketKind.Double), (given.BoolValue, PacketKind.Bool),
            (given.StringValue, PacketKind.Text),
            (given.StringVectorValue is null ? null : new ValueVector([.. given.StringVectorValue.StringValue]), PacketKind.TextVector),
        ];
        return fields.Count(static field => field.Value is not null) == 1 ? fields.First(static field => field.Value is not null) : default;
    }
}
