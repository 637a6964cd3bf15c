namespace Ovms.Graphs.Scheduling;

/// <summary>An input of a node.</summary>
/// <param name="Node">Position of the node in the plan.</param>
/// <param name="Input">Position of the input at the node.</param>
internal readonly record struct PlanConsumer(int Node, int Input);
