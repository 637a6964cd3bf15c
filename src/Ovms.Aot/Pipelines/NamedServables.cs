using Ovms.Configuration;
using Ovms.Configuration.Pipelines;
using Ovms.Pipelines.Definitions;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Pipelines;

/// <summary>What the nodes of pipelines may name as their models, as far as the configuration and the models' files tell.</summary>
/// <param name="config">The configuration.</param>
/// <param name="files">
/// The files that were found, each with its model and version. Without any of a model nothing is said about its versions.
/// </param>
internal sealed class NamedServables(ServerConfig config, IEnumerable<(ModelConfig Config, long Version, ModelFile File)> files)
{
    private readonly HashSet<string> _models = [.. config.Models.Select(static model => model.ModelName)];
    private readonly HashSet<string> _stateful =
        [.. config.Models.Where(static model => model.Stateful).Select(static model => model.ModelName)];

    private readonly HashSet<string> _graphs = [.. config.Graphs.Select(static graph => graph.Name)];
    private readonly HashSet<string> _pipelines = [.. config.Pipelines.Select(static pipeline => pipeline.Name)];
    private readonly ILookup<string, (long Version, bool IsLanguage)> _versions = files.ToLookup(
        static file => file.Config.Name,
        static file => (file.Version, LanguageSettings.AreFor(file.Config, file.File)),
        StringComparer.Ordinal);

    /// <summary>Finds what a node names.</summary>
    /// <returns>Its kind; or that there is none of that name, or no such version.</returns>
    public Outcome<NodeModelKind> Find(PipelineNode node)
    {
        if (!_models.Contains(node.Model))
        {
            return _graphs.Contains(node.Model) ? NodeModelKind.Graph
                : _pipelines.Contains(node.Model) ? NodeModelKind.Pipeline
                : Outcome.Fail(StatusCode.ModelNameMissing, "it is not in the configuration.");
        }

        (long Version, bool IsLanguage)[] versions = [.. _versions[node.Model]];
        return node.Version != 0 && versions.Length > 0 && versions.All(version => version.Version != node.Version)
            ? Outcome.Fail(
                StatusCode.ModelVersionMissing,
                $"it has no version {node.Version}; there are: {string.Join(", ", versions.Select(static version => version.Version))}.")
            : versions.Any(static version => version.IsLanguage) ? NodeModelKind.Language
            : _stateful.Contains(node.Model) ? NodeModelKind.Stateful
            : NodeModelKind.Model;
    }
}
