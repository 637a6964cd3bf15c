namespace Ovms.Pipelines.Definitions;

/// <summary>Where an input comes from.</summary>
/// <param name="Node">The index of the node.</param>
/// <param name="Output">The index among the outputs of that node that the pipeline uses.</param>
internal readonly record struct PlanSource(int Node, int Output);
