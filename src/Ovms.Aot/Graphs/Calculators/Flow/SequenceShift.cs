using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>SequenceShiftCalculator: each time gets the value of a number of packets later (or earlier, if negative).</summary>
/// <param name="options">The options.</param>
/// <param name="hasSide">Whether the number comes as the side packet PACKET_OFFSET.</param>
internal sealed class SequenceShift(SequenceShiftOptions options, bool hasSide) : ICalculator
{
    private const int Most = 10_000;

    private readonly Queue<Packet> _values = new();
    private readonly Queue<Timestamp> _times = new();
    private int _offset = options.PacketOffset;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        SequenceShiftOptions given = options as SequenceShiftOptions ?? new SequenceShiftOptions();
        finder.Require(Math.Abs((long)given.PacketOffset) <= Most, $"packet_offset is {given.PacketOffset}; expected: -{Most} to {Most}");
        bool hasSide = finder.OptionalInputSide("PACKET_OFFSET", PacketKind.Int32) >= 0;
        finder.HandsOn(finder.Input(""), finder.Output(""));
        return finder.Bind(() => new SequenceShift(given, hasSide), offset: null);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        if (hasSide)
        {
            if (context.Side(0) is not int offset || Math.Abs((long)offset) > Most)
            {
                return new(Outcome.Fail(
                    StatusCode.GraphStartError, $"PACKET_OFFSET is {Shown.Bounded(context.Side(0))}; expected: -{Most} to {Most}"));
            }

            _offset = offset;
        }

        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Packet packet = context.Input(0);
        if (_offset > 0)
        {
            _times.Enqueue(packet.Time);
            if (_times.Count > _offset)
            {
                context.Emit(0, packet.ShareAt(_times.Dequeue()));
            }

            return new(Outcome.Ok);
        }

        _values.Enqueue(packet.Share());
        if (_values.Count > -_offset)
        {
            context.Emit(0, _values.Dequeue().At(packet.Time));
        }
        else if (options.EmitEmptyPacketsBeforeFirstPacket)
        {
            context.SetBound(0, packet.Time.NextAllowed);
        }

        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        while (_values.TryDequeue(out Packet packet))
        {
            packet.Release();
        }

        return new(Outcome.Ok);
    }
}
