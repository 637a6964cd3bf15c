using System.Collections.Immutable;
using Ovms.Configuration.Graphs;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>Refuses graphs that would call themselves, directly or through other graphs.</summary>
internal static class GraphCircles
{
    /// <summary>Returns the graphs, with a fault in place of each that is part of a circle.</summary>
    /// <param name="graphs">The graphs, with unique names.</param>
    public static ImmutableArray<GraphEntry> Refuse(ImmutableArray<GraphEntry> graphs)
    {
        Dictionary<string, GraphEntry> byName = graphs.ToDictionary(static graph => graph.Name, StringComparer.Ordinal);
        return
        [
            .. graphs.Select(graph => CircleOf(graph, byName) is not { } circle
                ? graph
                : GraphEntry.Faulty(
                    graph.Name,
                    graph.Path,
                    Outcome.Fail(
                        StatusCode.GraphInvalid,
                        $"{graph.Path}: the graph calls itself: {circle}; name another servable in one of its session nodes."))),
        ];
    }

    // The shortest way back to the graph; null if there is none.
    private static string? CircleOf(GraphEntry graph, Dictionary<string, GraphEntry> byName)
    {
        Dictionary<string, string> cameFrom = new(StringComparer.Ordinal);
        Queue<GraphEntry> reached = new([graph]);
        while (reached.TryDequeue(out GraphEntry? from))
        {
            foreach (GraphModel model in from.Models)
            {
                if (model.Name == graph.Name)
                {
                    return Way(from.Name, graph.Name, cameFrom);
                }

                if (byName.TryGetValue(model.Name, out GraphEntry? next) && cameFrom.TryAdd(model.Name, from.Name))
                {
                    reached.Enqueue(next);
                }
            }
        }

        return null;
    }

    private static string Way(string last, string graph, Dictionary<string, string> cameFrom)
    {
        List<string> names = [Shown.Bounded(graph)];
        for (string name = last; name != graph; name = cameFrom[name])
        {
            names.Insert(0, Shown.Bounded(name));
        }

        return string.Join(" → ", names.Prepend(Shown.Bounded(graph)));
    }
}
