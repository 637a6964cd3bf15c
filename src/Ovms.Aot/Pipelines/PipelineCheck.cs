using Ovms.Configuration.Pipelines;
using Ovms.Pipelines.BuiltIn;
using Ovms.Serving.Loading;

namespace Ovms.Pipelines;

/// <summary>Checks what a pipeline refers to, without loading models or libraries.</summary>
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
    }
}
