using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// SidePacketToStreamCalculator: side packets as packets of streams: once at the time of the tag, or at each tick.
/// </summary>
/// <param name="sides">The input side packets in the order of their indices.</param>
/// <param name="outputs">Their outputs.</param>
/// <param name="tag">The tag of the outputs, which says when.</param>
/// <param name="time">The input side packet TIMESTAMP; −1 if there is none.</param>
internal sealed class SidePacketToStream(int[] sides, int[] outputs, string tag, int time) : ICalculator
{
    private static readonly string[] s_tags = ["AT_PRESTREAM", "AT_POSTSTREAM", "AT_ZERO", "AT_TICK", "AT_FIRST_TICK", "AT_TIMESTAMP"];

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        string tag = finder.Ports.Outputs.Select(static port => port.Tag).FirstOrDefault() ?? "";
        finder.Require(
            Array.IndexOf(s_tags, tag) >= 0,
            $"it needs output_streams with one of the tags {string.Join(", ", s_tags)}; the node has {tag}");
        int[] outputs = finder.Outputs(tag);
        int[] sides = finder.InputSides();
        bool ticks = tag is "AT_TICK" or "AT_FIRST_TICK";
        if (ticks)
        {
            finder.Input("TICK");
        }

        int time = tag == "AT_TIMESTAMP" ? finder.InputSide("TIMESTAMP", PacketKind.Int64) : -1;
        finder.Require(
            sides.Length > 0 && sides.Length == outputs.Length,
            $"it needs as many output_streams as input_side_packets without a tag, 1 and up; it has {outputs.Length} and {sides.Length}");
        return finder.Bind(() => new SidePacketToStream(sides, outputs, tag, time));
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Timestamp when = tag switch
        {
            "AT_PRESTREAM" => Timestamp.PreStream,
            "AT_POSTSTREAM" => Timestamp.PostStream,
            "AT_ZERO" => new Timestamp(0),
            "AT_TIMESTAMP" => context.Side(time) is long given ? new Timestamp(given) : Timestamp.Unset,
            _ => context.Time,
        };
        if (!when.IsAllowedInStream)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError,
                $"TIMESTAMP is {Shown.Bounded(context.Side(time))}; expected: an int64 allowed in a stream"));
        }

        for (int i = 0; i < sides.Length; i++)
        {
            context.Emit(outputs[i], new Packet(context.TakeSide(sides[i])!, when));
        }

        if (tag != "AT_TICK")
        {
            context.Stop();
        }

        return new(Outcome.Ok);
    }
}
