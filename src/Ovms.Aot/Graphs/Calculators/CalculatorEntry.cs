using Ovms.Configuration.Graphs;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators;

/// <summary>A calculator whose ports a <see cref="PortFinder"/> finds.</summary>
/// <param name="name">Its name in a graph.</param>
/// <param name="bind">Checks the ports and options of a node.</param>
/// <param name="optionsName">The full name of its options; null if it has none.</param>
/// <param name="readOptions">Reads them; null if it has none.</param>
internal sealed class CalculatorEntry(
    string name,
    Func<PortFinder, object?, Outcome<BoundCalculator>> bind,
    string? optionsName = null,
    Func<ProtoMessage, ProtoPlace, GraphFaults, object>? readOptions = null) : CalculatorType
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <summary>The full name of its options; null if it has none.</summary>
    public string? OptionsName => optionsName;

    /// <summary>Reads its options; null if it has none.</summary>
    public Func<ProtoMessage, ProtoPlace, GraphFaults, object>? ReadOptions => readOptions;

    /// <inheritdoc/>
    public override Outcome<BoundCalculator> Bind(NodePorts ports, object? options) => bind(new PortFinder(ports), options);
}
