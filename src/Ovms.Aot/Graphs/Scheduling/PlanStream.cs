namespace Ovms.Graphs.Scheduling;

/// <summary>A stream of a plan.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Consumers">The inputs that it leads to.</param>
/// <param name="Roots">The graph's inputs and sources from which packets may reach it: inputs first, then sources.</param>
internal sealed record PlanStream(string Name, PlanConsumer[] Consumers, int[] Roots);
