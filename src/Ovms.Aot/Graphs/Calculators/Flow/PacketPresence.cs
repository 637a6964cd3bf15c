using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>PacketPresenceCalculator: for each settled time whether PACKET has one.</summary>
internal sealed class PacketPresence : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        finder.Input("PACKET");
        finder.Output("PRESENCE", PacketKind.Bool);
        PacketPresence calculator = new();
        return finder.Bind(() => calculator, processesBounds: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        context.Emit(0, new Packet(context.HasInput(0), context.Time));
        return new(Outcome.Ok);
    }
}
