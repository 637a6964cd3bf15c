using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>
/// Collects models, graphs and pipelines, which share one set of names. A duplicate name within the configuration file makes the file
/// invalid. A duplicate from another file (a graph's list of models) is left out, with an error unless it is the same model.
/// </summary>
internal sealed class NamedEntries
{
    private readonly ImmutableArray<ModelOptions>.Builder _models = ImmutableArray.CreateBuilder<ModelOptions>();
    private readonly ImmutableArray<GraphEntry>.Builder _graphs = ImmutableArray.CreateBuilder<GraphEntry>();
    private readonly ImmutableArray<PipelineConfig>.Builder _pipelines = ImmutableArray.CreateBuilder<PipelineConfig>();
    private readonly ImmutableArray<string>.Builder _errors = ImmutableArray.CreateBuilder<string>();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Adds a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Its JSON path.</param>
    /// <param name="findings">The file's findings, if a duplicate name is an error of the file; null if the entry is only left
    /// out.</param>
    public void Add(ModelOptions model, string path, OptionFindings? findings)
    {
        // Graphs that share a model each list it: the same entry again says nothing new.
        if ((findings is null && _models.Contains(model)) || !Claim(model.ModelName, path, findings))
        {
            return;
        }

        _models.Add(model);
    }

    /// <summary>Adds a graph.</summary>
    /// <inheritdoc cref="Add(ModelOptions, string, OptionFindings?)"/>
    /// <returns>False if the name is taken.</returns>
    public bool Add(GraphEntry graph, string path, OptionFindings? findings)
    {
        bool isNew = Claim(graph.Name, path, findings);
        if (isNew)
        {
            _graphs.Add(graph);
        }

        return isNew;
    }

    /// <summary>Adds a pipeline.</summary>
    /// <inheritdoc cref="Add(ModelOptions, string, OptionFindings?)"/>
    public void Add(PipelineConfig pipeline, string path, OptionFindings? findings)
    {
        if (Claim(pipeline.Name, path, findings))
        {
            _pipelines.Add(pipeline);
        }
    }

    /// <summary>Adds an error message about something else that is left out.</summary>
    public void Fault(string sentence) => _errors.Add(sentence);

    /// <summary>The entries added so far.</summary>
    public ServerConfig Build() => new()
    {
        Models = _models.ToImmutable(),
        Graphs = GraphCircles.Refuse(_graphs.ToImmutable()),
        Pipelines = _pipelines.ToImmutable(),
        Errors = _errors.ToImmutable(),
        Fingerprint = "",
    };

    private bool Claim(string name, string path, OptionFindings? findings)
    {
        if (_names.TryAdd(name, path))
        {
            return true;
        }

        if (findings is null)
        {
            _errors.Add($"{path}.name: the name '{name}' is taken by {_names[name]}, which is served; this one is left out.");
        }
        else
        {
            findings.Add(
                OptionError.Malformed(
                    $"{path}.name",
                    $"the name '{name}' is taken by {_names[name]}",
                    "a name is given once, to a model, a graph or a pipeline"));
        }

        return false;
    }
}
