namespace Ovms.Graphs.Scheduling;

/// <summary>What one run of a graph starts with.</summary>
/// <param name="Observer">Takes the outputs.</param>
/// <param name="Cancellation">The caller's disconnect and deadline; ends the run.</param>
internal sealed record GraphStart(IGraphObserver Observer, CancellationToken Cancellation)
{
    /// <summary>
    /// Values of the graph's input side packets, in the order of the plan; null for a missing one. The run takes their references.
    /// </summary>
    public object?[] Sides { get; init; } = [];

    /// <summary>What calculators find as <see cref="CalculatorContext.Caller"/>.</summary>
    public object? Caller { get; init; }
}
