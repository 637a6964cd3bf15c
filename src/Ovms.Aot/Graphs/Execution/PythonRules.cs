using System.Collections.Immutable;
using Ovms.Graphs.Calculators.Python;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Interpreters;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>The rules of Python nodes in a graph, in the order and with the texts of the original.</summary>
internal static class PythonRules
{
    /// <summary>Checks the Python nodes of a graph, and that their handlers are there.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="isAllowed">Whether it may have such nodes.</param>
    /// <returns>Ok; or the first fault.</returns>
    public static Outcome Check(GraphDefinition graph, bool isAllowed)
    {
        foreach (GraphNode node in graph.Nodes.Where(static node => node.Calculator.Name == PythonExecutorType.CalculatorName))
        {
            string place = $"{graph.Path}, {node.Config.Place}: {node.Described}";
            if (!isAllowed)
            {
                return Outcome.Fail(
                    StatusCode.PythonNodesNotAllowed,
                    $"{place} runs a Python file; start the server with --allow_python_nodes if graphs here may do that.");
            }

            if (node.Options is not PythonExecutorOptions options)
            {
                return Outcome.Fail(
                    StatusCode.PythonNodeMissingOptions,
                    $"{place} needs node_options {{ [type.googleapis.com/{PythonExecutorOptions.MessageName}]: "
                        + "{ handler_path: \"…\" } }.");
            }

            if (node.Config.Name.Length == 0)
            {
                return Outcome.Fail(StatusCode.PythonNodeMissingName, $"{place} needs a name: \"…\", by which its handler knows it.");
            }

            string handler = PathOf(graph.Path, options);
            if (!File.Exists(handler))
            {
                return Outcome.Fail(StatusCode.PythonNodeFileMissing, $"{place}: handler_path leads to {handler}, which does not exist.");
            }
        }

        return Outcome.Ok;
    }

    /// <summary>What a node's handler is told.</summary>
    /// <param name="path">The graph's file.</param>
    /// <param name="node">The node.</param>
    /// <param name="options">Its options.</param>
    public static PythonHandler HandlerOf(string path, GraphNode node, PythonExecutorOptions options) =>
        new($"{path}, {node.Described}", node.Name, PathOf(path, options), Names(node.Inputs), Names(node.Outputs));

    private static string PathOf(string path, PythonExecutorOptions options) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path) ?? "", options.HandlerPath));

    private static ImmutableArray<string> Names(ImmutableArray<StreamName> names) => [.. names.Select(static name => name.Name)];
}
