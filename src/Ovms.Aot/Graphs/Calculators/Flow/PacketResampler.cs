using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// PacketResamplerCalculator without jitter: one packet for each period of a grid, the one nearest to its middle; in a period without
/// packets the latest one again.
/// </summary>
/// <param name="options">The options.</param>
internal sealed class PacketResampler(PacketResamplerOptions options) : ICalculator
{
    /// <summary>The most packets that one packet may bring about: a long silence must not fill the memory.</summary>
    public const long MostRepeats = 100_000;

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
        finder.Require(given.Jitter is >= 0 and <= 1, $"jitter is {given.Jitter}; expected: 0 to 1");
        finder.Require(
            given.Jitter == 0 || !given.ReproducibleSampling, "reproducible_sampling with jitter is not supported; leave one of them out");
        finder.HandsOn(finder.Input(""), finder.Output(""));
        int seed = given.Jitter == 0 ? -1 : finder.InputSide("SEED", PacketKind.Text);
        return given.Jitter == 0
            ? finder.Bind(() => new PacketResampler(given), offset: null)
            : finder.Bind(() => new JitteredResampler(given, seed), offset: null);
    }

    /// <summary>The failure of a silence that is too long.</summary>
    /// <param name="missing">Number of packets that it would bring about.</param>
    /// <param name="time">Its end.</param>
    public static Outcome TooLong(long missing, Timestamp time) => Outcome.Fail(
        StatusCode.GraphExecutionError,
        $"{missing} packets are missing before the time {time}; at most {MostRepeats} are repeated");

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Packet packet = context.Input(0);
        if (!packet.Time.IsRange)
        {
            return new(Outcome.Ok);
        }

        _first = _last.IsEmpty ? FirstOf(packet.Time) : _first;
        long index = IndexOf(packet.Time);
        if (index > _written + MostRepeats)
        {
            return new(TooLong(index - _written, packet.Time));
        }

        while (index > _written)
        {
            Write(context, _last);
        }

        // Behind the middle of its period nothing nearer can come.
        Timestamp middle = TimeOf(_written);
        if (index == _written && packet.Time >= middle)
        {
            bool isNearer = _last.IsEmpty || packet.Time.Value - middle.Value <= middle.Value - _last.Time.Value;
            Write(context, isNearer ? packet : _last);
        }

        context.SetBound(0, TimeOf(_written));
        _last.Release();
        _last = packet.Share();
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        if (!_last.IsEmpty && options.FlushLastPacket && IndexOf(_last.Time) == _written)
        {
            Write(context, _last);
        }

        _last.Release();
        _last = default;
        return new(Outcome.Ok);
    }

    private void Write(CalculatorContext context, Packet packet)
    {
        Timestamp time = TimeOf(_written);
        _written++;
        if (options.Covers(time))
        {
            context.Emit(0, packet.ShareAt(time));
        }
    }

    // The grid goes through the base time if there is one.
    private Timestamp FirstOf(Timestamp time) => options.BaseTimestamp is long given
        ? new Timestamp(given).Moved((long)(Math.Round((time.Value - (double)given) / _period) * _period))
        : time;

    private long IndexOf(Timestamp time) => (long)Math.Floor(((time.Value - (double)_first.Value) / _period) + 0.5);

    private Timestamp TimeOf(long index) => _first.Moved((long)Math.Round(index * _period));
}
