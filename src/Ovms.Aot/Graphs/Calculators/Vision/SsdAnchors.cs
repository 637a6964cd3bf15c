using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>SsdAnchorsCalculator: a side packet with the anchors of its options, made once when the graph is loaded.</summary>
/// <param name="anchors">The anchors.</param>
internal sealed class SsdAnchors(Anchor[] anchors) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        finder.OutputSide("", VisionKinds.Anchors);
        Outcome<Anchor[]> made = AnchorGrid.Make(options as SsdAnchorsOptions ?? new SsdAnchorsOptions());
        finder.Require(made.IsOk, made.Detail ?? "");
        SsdAnchors calculator = new(made.Value ?? []);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        context.SetSide(0, anchors);
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        context.Stop();
        return new(Outcome.Ok);
    }
}
