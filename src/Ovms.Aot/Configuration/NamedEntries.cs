using System.Collections.Immutable;
using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>Collects models and graphs, which share one space of names: the first of a name stays, another is told of and left out.</summary>
internal sealed class NamedEntries
{
    private readonly ImmutableArray<ModelOptions>.Builder _models = ImmutableArray.CreateBuilder<ModelOptions>();
    private readonly ImmutableArray<GraphEntry>.Builder _graphs = ImmutableArray.CreateBuilder<GraphEntry>();
    private readonly ImmutableArray<string>.Builder _errors = ImmutableArray.CreateBuilder<string>();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Takes a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Where it stands.</param>
    public void Add(ModelOptions model, string path)
    {
        if (Claim(model.ModelName, path))
        {
            _models.Add(model);
        }
    }

    /// <summary>Takes a graph.</summary>
    /// <returns>False where the name is taken.</returns>
    public bool Add(GraphEntry graph, string path)
    {
        bool isNew = Claim(graph.Name, path);
        if (isNew)
        {
            _graphs.Add(graph);
        }

        return isNew;
    }

    /// <summary>Takes a sentence about something else that is left out.</summary>
    public void Fault(string sentence) => _errors.Add(sentence);

    /// <summary>What was taken.</summary>
    public ServerConfig Build() => new() { Models = _models.ToImmutable(), Graphs = _graphs.ToImmutable(), Errors = _errors.ToImmutable(), Fingerprint = "" };

    private bool Claim(string name, string path)
    {
        bool isNew = _names.Add(name);
        if (!isNew)
        {
            _errors.Add($"{path}.name: the name '{name}' is taken by an earlier entry, which is served; this one is left out.");
        }

        return isNew;
    }
}
