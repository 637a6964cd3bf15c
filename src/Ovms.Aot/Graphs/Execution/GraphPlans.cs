using Ovms.Graphs.Definitions;
using Ovms.Graphs.Interpreters;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>From the text of a graph to its definition and plan. No models; of the disk only files that options of nodes name.</summary>
internal static class GraphPlans
{
    /// <summary>Reads a graph.</summary>
    /// <param name="path">Its file, for the sentences.</param>
    /// <param name="text">Its text.</param>
    /// <param name="plan">The plan; null if there is a fault.</param>
    /// <param name="python">Makes its Python nodes; null for a plan that is only checked.</param>
    /// <param name="allowsPython">Whether it may have Python nodes.</param>
    /// <returns>The definition; or what is wrong with the text or its nodes.</returns>
    public static Outcome<GraphDefinition> Read(
        string path, string text, out IGraphPlan? plan, PythonNodes? python = null, bool allowsPython = false)
    {
        plan = null;
        Outcome<GraphDefinition> graph = GraphReader.Read(path, text, GraphCalculators.All);
        Outcome rules = graph.IsOk ? PythonRules.Check(graph.Value, allowsPython) : graph.WithoutValue;
        if (!rules.IsOk)
        {
            return rules;
        }

        Outcome<IGraphPlan> made =
            StraightPlan.Fits(graph.Value!) ? StraightPlan.Of(graph.Value!) : PacketPlanner.Plan(graph.Value!, python);
        plan = made.Value;
        return made.IsOk ? graph : made.WithoutValue;
    }
}
