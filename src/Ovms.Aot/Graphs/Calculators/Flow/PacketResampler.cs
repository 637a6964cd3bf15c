using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// PacketResamplerCalculator without jitter: a packet for each time of a grid, of the newest value that is nearest to it or before.
/// </summary>
/// <param name="options">The options.</param>
internal sealed class PacketResampler(PacketResamplerOptions options) : ICalculator
{
    // Each is a packet: a long silence must not fill the memory.
    private const long MostRepeats = 100_000;

    private readonly double _period = 1e6 / options.FrameRate;
    private Packet _last;
    private Timestamp _first;
    private long _written;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        PacketResamplerOptions given = options as PacketResamplerOptions ?? new PacketResamplerOptions();
        finder.Require(given.FrameRate > 0, $"frame_rate is {given.FrameRate}; expected: more than 0");
        finder.Require(given.FrameRate <= 1e6, $"frame_rate is {given.FrameRate}; expected: at most 1000000, one packet a microsecond");
        finder.Require(given.Jitter == 0, "jitter is not supported; leave it out");
        finder.HandsOn(finder.Input(""), finder.Output(""));
        return finder.Bind(() => new PacketResampler(given), offset: null);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Packet packet = context.Input(0);
        if (!packet.Time.IsRange)
        {
            return new(Outcome.Ok);
        }

        if (_last.IsEmpty)
        {
            _first = FirstOf(packet.Time);
            _written = IndexOf(packet.Time);
        }

        long index = IndexOf(packet.Time);
        if (index - _written > MostRepeats)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError,
                $"{index - _written} packets are missing before the time {packet.Time}; at most {MostRepeats} are repeated"));
        }

        while (_written < index)
        {
            Write(context);
        }

        _last.Release();
        _last = packet.Share();
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        if (!_last.IsEmpty && options.FlushLastPacket)
        {
            Write(context);
        }

        _last.Release();
        _last = default;
        return new(Outcome.Ok);
    }

    private void Write(CalculatorContext context)
    {
        Timestamp time = TimeOf(_written);
        _written++;
        if (time >= Limit(options.StartTime, Timestamp.Min) && time < Limit(options.EndTime, Timestamp.Max))
        {
            context.Emit(0, _last.ShareAt(time));
        }
    }

    // The grid goes through the base time if there is one.
    private Timestamp FirstOf(Timestamp time) => options.BaseTimestamp is long given
        ? new Timestamp(given).Moved((long)(Math.Round((time.Value - (double)given) / _period) * _period))
        : time;

    private Timestamp Limit(long? limit, Timestamp none) =>
        limit is not long given ? none : options.RoundLimits ? TimeOf(IndexOf(new Timestamp(given))) : new Timestamp(given);

    private long IndexOf(Timestamp time) => (long)Math.Floor(((time.Value - (double)_first.Value) / _period) + 0.5);

    private Timestamp TimeOf(long index) => _first.Moved((long)Math.Round(index * _period));
}
