using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>DefaultSidePacketCalculator: the side packet OPTIONAL_VALUE if it is there, else DEFAULT_VALUE.</summary>
/// <param name="optional">The input side packet OPTIONAL_VALUE; −1 if the node has none.</param>
/// <param name="otherwise">The input side packet DEFAULT_VALUE.</param>
internal sealed class DefaultSidePacket(int optional, int otherwise) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int optional = finder.OptionalInputSide("OPTIONAL_VALUE");
        int otherwise = finder.InputSide("DEFAULT_VALUE");
        finder.OutputSide("VALUE");
        finder.MayMiss(optional);
        DefaultSidePacket calculator = new(optional, otherwise);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        context.SetSide(0, (optional >= 0 ? context.TakeSide(optional) : null) ?? context.TakeSide(otherwise)!);
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context) => new(Outcome.Ok);
}
