using Ovms.Configuration.Pipelines;
using Ovms.Pipelines.BuiltIn;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Libraries;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Pipelines;

/// <summary>
/// Checks what a pipeline refers to and how its nodes are connected, without loading models or libraries: what only these would tell is
/// taken as right. Built-in nodes are checked whole.
/// </summary>
internal static class PipelineCheck
{
    /// <summary>Returns all faults.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="models">The names of the configured models.</param>
    public static IEnumerable<string> Check(PipelineConfig pipeline, IReadOnlySet<string> models)
    {
        foreach (UsedServable use in ComposedSettings.Of(pipeline).Uses.Where(use => !models.Contains(use.Name)))
        {
            yield return $"{pipeline.Name}: the model {use.Name} is not in the configuration";
        }

        Dictionary<string, string> libraries = pipeline.Libraries.ToDictionary(StringComparer.Ordinal);
        foreach (PipelineNode node in pipeline.Nodes.Where(static node => node.IsCustom))
        {
            if (!libraries.TryGetValue(node.Library, out string? path))
            {
                yield return $"{pipeline.Name}, node {node.Name}: the library {node.Library} is not in custom_node_library_config_list";
            }
            else if (!File.Exists(path) && BuiltInNodes.Find(node.Library, path) is null)
            {
                yield return $"{pipeline.Name}, node {node.Name}: the library {path} does not exist";
            }
        }

        Outcome<PipelinePlan> plan = PipelineCompiler.Compile(pipeline, node => SignatureOf(node, libraries));
        if (!plan.IsOk)
        {
            yield return $"{pipeline.Name}: {plan.Text}";
        }
    }

    // The library itself is not loaded: it would run code of its own.
    private static Outcome<NodeSignature> SignatureOf(PipelineNode node, Dictionary<string, string> libraries)
    {
        if (!node.IsCustom || !libraries.TryGetValue(node.Library, out string? path) || File.Exists(path)
            || BuiltInNodes.Find(node.Library, path) is not { } builtIn)
        {
            return NodeSignature.Unknown(node);
        }

        Outcome<NodeInstance> made = builtIn.Open(node.Parameters);
        if (!made.IsOk)
        {
            return Outcome.Fail(made.Code, $"Node: {node.Name}; {made.Detail}");
        }

        NodeInstance instance = made.Value;
        NodeSignature signature = new(instance.GetInputs().Value, instance.GetOutputs().Value);
        instance.Release();
        return signature;
    }
}
