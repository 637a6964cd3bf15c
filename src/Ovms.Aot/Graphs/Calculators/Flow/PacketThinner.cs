using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>PacketThinnerCalculator: keeps packets that are a period apart.</summary>
/// <param name="options">The options.</param>
internal sealed class PacketThinner(PacketThinnerOptions options) : ICalculator
{
    private readonly long _start = options.StartTime ?? (options.ThinnerType == ThinnerType.Sync ? 0 : Timestamp.Min.Value);
    private Timestamp _next = Timestamp.Min;
    private Packet _kept;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        PacketThinnerOptions given = options as PacketThinnerOptions ?? new PacketThinnerOptions();
        finder.Require(given.Period > 0, $"period is {given.Period}; expected: 1 and up");
        finder.HandsOn(finder.Input(""), finder.Output(""));
        return finder.Bind(() => new PacketThinner(given), given.ThinnerType == ThinnerType.Async ? 0 : null);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Packet packet = context.Input(0);
        bool isEarly = packet.Time.Value < options.StartTime;
        bool isLate = packet.Time.Value >= options.EndTime;
        if (isEarly || isLate || !packet.Time.IsRange)
        {
            return new(Outcome.Ok);
        }

        if (options.ThinnerType == ThinnerType.Async)
        {
            if (packet.Time >= _next)
            {
                context.Emit(0, packet.Share());
                _next = packet.Time.Moved(options.Period);
            }
        }
        else
        {
            KeepNearest(context, packet);
        }

        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        Write(context);
        return new(Outcome.Ok);
    }

    private void KeepNearest(CalculatorContext context, Packet packet)
    {
        if (!_kept.IsEmpty)
        {
            long old = GridTime(_kept.Time.Value);
            long now = GridTime(packet.Time.Value);
            if (old == now && Math.Abs((decimal)now - packet.Time.Value) >= Math.Abs((decimal)old - _kept.Time.Value))
            {
                return;
            }

            if (old < now)
            {
                Write(context);
            }

            _kept.Release();
        }

        _kept = packet.Share();
    }

    private void Write(CalculatorContext context)
    {
        if (!_kept.IsEmpty)
        {
            context.Emit(0, options.SyncOutputTimestamps ? _kept.At(new Timestamp(GridTime(_kept.Time.Value))) : _kept);
            _kept = default;
        }
    }

    // The multiple of the period from the start that is nearest to a time.
    private long GridTime(long time)
    {
        decimal periods = decimal.Floor(((decimal)time - _start + (options.Period / 2)) / options.Period);
        return (long)Math.Clamp(_start + (periods * options.Period), Timestamp.Min.Value, Timestamp.Max.Value);
    }
}
