using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>A calculator as graphs name it.</summary>
internal abstract class CalculatorType
{
    /// <summary>The name in a graph: <c>PassThroughCalculator</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Checks ports and options of a node and makes the calculator's part of the plan.</summary>
    /// <param name="ports">The node's ports.</param>
    /// <param name="options">The node's options, in the record that belongs to the calculator; null if the node gives none.</param>
    /// <returns>A failure says what is wrong with ports or options, without the node's name.</returns>
    public abstract Outcome<BoundCalculator> Bind(NodePorts ports, object? options);
}
