using Ovms.Configuration.Pipelines;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Libraries;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Pipelines;

/// <summary>
/// Checks what a pipeline refers to and how its nodes are connected, without loading models or libraries: what only these would tell is
/// taken as right. Built-in nodes are checked whole.
/// </summary>
internal static class PipelineCheck
{
    /// <summary>Returns all faults, in the words of the server.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="find">What the configuration has under a node's model and version: its kind, or why there is none.</param>
    public static IEnumerable<string> Check(PipelineConfig pipeline, Func<PipelineNode, Outcome<NodeModelKind>> find)
    {
        Dictionary<string, string> libraries = pipeline.Libraries.ToDictionary(StringComparer.Ordinal);
        return PipelineCompiler.Faults(pipeline, node => node.IsCustom ? OfLibrary(node, libraries) : OfModel(node, find(node)))
            .Select(fault => $"{pipeline.Name}: {fault.Text}");
    }

    private static Outcome<NodeSignature> OfModel(PipelineNode node, Outcome<NodeModelKind> found)
    {
        Outcome fits = found.IsOk
            ? found.Value.Check(node)
            : Outcome.Fail(StatusCode.PipelineNodeMissingModel, $"Node: {node.Name}; model: {node.Model}; {found.Detail}");
        return fits.IsOk ? NodeSignature.Unknown(node) : fits;
    }

    // The library itself is not loaded: it would run code of its own.
    private static Outcome<NodeSignature> OfLibrary(PipelineNode node, Dictionary<string, string> libraries)
    {
        if (!libraries.TryGetValue(node.Library, out string? path))
        {
            return Refuse(node, NodeLibraries.IsNotListed(node));
        }

        Outcome fence = PathFence.CheckText(path);
        if (!fence.IsOk)
        {
            return Refuse(node, fence.Text);
        }

        if (File.Exists(path))
        {
            return NodeSignature.Unknown(node);
        }

        Outcome<NodeLibrary> builtIn = NodeLibraries.FindBuiltIn(node.Library, path);
        if (!builtIn.IsOk)
        {
            return Refuse(node, builtIn.Text);
        }

        Outcome<NodeInstance> made = builtIn.Value.Open(node.Parameters);
        if (!made.IsOk)
        {
            return Outcome.Fail(made.Code, $"Node: {node.Name}; {made.Detail}");
        }

        NodeInstance instance = made.Value;
        NodeSignature signature = new(instance.GetInputs().Value, instance.GetOutputs().Value);
        instance.Release();
        return signature;
    }

    private static Outcome Refuse(PipelineNode node, string why) =>
        Outcome.Fail(StatusCode.PipelineLibraryInvalid, $"Node: {node.Name}; {why}");
}
