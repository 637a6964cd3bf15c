using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Ovms.Configuration.Graphs;
using Ovms.Options;
using Ovms.Options.Parsing;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>Reads a configuration document, and the files that its graphs name.</summary>
/// <param name="variable">Returns the value of an environment variable; null if unset.</param>
/// <param name="last">What earlier readings of the same configuration found.</param>
internal sealed class ConfigReader(Func<string, string?> variable, LastSubconfigs last)
{
    private readonly NamedEntries _entries = new();
    private readonly List<GraphFolder> _graphs = [];
    private readonly List<string> _warnings = [];

    // Hash of everything that was read, so that a change of any part is detected.
    private readonly XxHash128 _seen = new();

    /// <summary>Reads the whole document.</summary>
    /// <returns>The configuration; valid only if no problem was found in the document.</returns>
    public ServerConfig Read(ConfigDocument document)
    {
        _seen.Append(document.Hash);
        string folder = Path.GetDirectoryName(document.Path)!;
        IReadOnlyDictionary<string, ConfigNode> sections = document.Root.Members(ConfigSections.All, ConfigSections.Models);
        ReadModels(sections, folder);
        List<(ConfigNode Node, GraphOptions Item)> graphs =
            Items(sections, ConfigSections.Graphs, node => node.Bind<GraphOptions>(GraphOptions.Read));
        foreach ((ConfigNode node, GraphOptions graph) in graphs)
        {
            AddGraph(GraphFolder.Of(graph, folder), new ModelOptions { ModelName = graph.Name }, node.Path, node.Findings);
        }

        ReadPipelines(sections, folder);

        // Models of graphs come last: entries of the file itself take precedence.
        _graphs.ForEach(ReadSubconfig);
        int loaders = Items(sections, ConfigSections.Loaders, node => Inner(node)?.Bind<LoaderOptions>(LoaderOptions.Read)).Count;
        return _entries.Build() with
        {
            Monitoring = sections.TryGetValue(ConfigSections.Monitoring, out ConfigNode monitoring) ? Monitoring.Read(monitoring) : null,
            Warnings =
            [
                .. _warnings,
                .. loaders == 0
                    ? []
                    : new[]
                    {
                        $"$.{ConfigSections.Loaders}: its {loaders} are not loaded; "
                            + "models that name one (custom_loader_options) are not served",
                    },
            ],
            Fingerprint = Convert.ToHexString(_seen.GetHashAndReset()),
        };
    }

    /// <summary>Reads the entries found in a folder of models, and the files that its graphs name.</summary>
    /// <param name="found">The entries, with absolute paths.</param>
    public ServerConfig Read(IEnumerable<ModelOptions> found)
    {
        foreach (ModelOptions model in found)
        {
            Add(model, "", model.ModelPath, null);
        }

        _graphs.ForEach(ReadSubconfig);
        return _entries.Build() with { Warnings = [.. _warnings], Fingerprint = Convert.ToHexString(_seen.GetHashAndReset()) };
    }

    private void ReadModels(IReadOnlyDictionary<string, ConfigNode> sections, string folder)
    {
        List<(ConfigNode Node, ModelOptions? Item)> models = Items(sections, ConfigSections.Models, ModelOf);
        foreach ((ConfigNode node, ModelOptions? model) in models)
        {
            if (model is { ModelName.Length: > 0 })
            {
                Add(model, folder, $"{node.Path}.{ConfigSections.Entry}", node.Findings);
            }
        }
    }

    // Names of libraries count once: the first is used, as in the original.
    private void ReadPipelines(IReadOnlyDictionary<string, ConfigNode> sections, string folder)
    {
        List<(ConfigNode Node, LibraryOptions Item)> libraries =
            Items(sections, ConfigSections.NodeLibraries, static node => node.Bind<LibraryOptions>(LibraryOptions.Read));
        Dictionary<string, string> paths = new(StringComparer.Ordinal);
        foreach ((ConfigNode node, LibraryOptions library) in libraries)
        {
            if (!paths.TryAdd(library.Name, Path.Combine(folder, library.BasePath)))
            {
                _warnings.Add($"{node.Path}: the library {library.Name} is listed before; this entry is left out");
            }
        }

        PipelineReader reader = new(paths);
        List<(ConfigNode Node, PipelineOptions Item)> pipelines =
            Items(
                sections,
                ConfigSections.Pipelines,
                static node => node.Bind<PipelineOptions>(PipelineOptions.Read, ConfigForms.OfPipeline));
        foreach ((ConfigNode node, PipelineOptions options) in pipelines)
        {
            if (options.Name.Length > 0)
            {
                _entries.Add(reader.Read(node, options), node.Path, node.Findings);
            }
        }
    }

    // A folder that holds a graph is a graph, even if a model entry names it.
    private void Add(ModelOptions model, string folder, string path, OptionFindings? findings)
    {
        GraphFolder place = GraphFolder.Of(model, folder);
        bool isGraph = place.IsGraph;
        _seen.Append(Encoding.UTF8.GetBytes($"{model.ModelName}\n{isGraph}\n"));
        if (isGraph)
        {
            AddGraph(place, model, path, findings);
        }
        else
        {
            _entries.Add(model with { ModelPath = place.BasePath }, path, findings);
        }
    }

    // A graph that generates text is a language model.
    private void AddGraph(GraphFolder graph, ModelOptions model, string path, OptionFindings? findings)
    {
        Outcome<LanguageGraph> language = LanguageGraph.Read(graph.GraphPath, model);
        _seen.Append(Encoding.UTF8.GetBytes(language.IsOk ? language.Value.Model.ToString() : language.Text));
        if (language.IsOk)
        {
            _warnings.AddRange(language.Value.Warnings.Select(warning => $"{graph.Name}: {warning}"));
            _entries.Add(language.Value.Model, path, findings);
            return;
        }

        GraphEntry entry = language.Code == StatusCode.GraphInvalid
            ? GraphEntry.Faulty(graph.Name, graph.GraphPath, language.WithoutValue)
            : GraphEntry.Read(graph.Name, graph.GraphPath);
        if (findings is not null && OptionsOfModels(model) is { } refused)
        {
            entry = GraphEntry.Faulty(graph.Name, graph.GraphPath, refused);
        }

        _seen.Append(Encoding.UTF8.GetBytes($"{entry.Text}\n{entry.Fault.Text}"));
        if (graph.Name.Length > 0 && _entries.Add(entry, path, findings))
        {
            _graphs.Add(graph);
        }
    }

    /// <summary>The fault of options that are given for a graph and would have no effect; null if there are none.</summary>
    public static Outcome? OptionsOfModels(ModelOptions model)
    {
        ModelOptions place = new()
        {
            ModelName = model.ModelName, ModelPath = model.ModelPath, GraphPath = model.GraphPath, Subconfig = model.Subconfig,
        };
        return model == place
            ? null
            : Outcome.Fail(
                StatusCode.GraphInvalid,
                "options of models are given for a graph; they belong to the models that it uses, which its subconfig.json lists.");
    }

    private void ReadSubconfig(GraphFolder graph)
    {
        if (graph.FindSubconfig() is not { } path)
        {
            return;
        }

        if (!Path.Exists(path))
        {
            _warnings.Add($"{graph.Name}: its subconfig {path} does not exist; no models are served for it");
            return;
        }

        if (TryReadSubconfig(graph, path) is { } models)
        {
            last.Keep(path, models);
        }

        foreach ((ModelOptions model, string place) in last.Of(path))
        {
            _entries.Add(model, place, null);
        }
    }

    // Null after problems, which are reported and affect only the models of this graph.
    private ImmutableArray<(ModelOptions Model, string Path)>? TryReadSubconfig(GraphFolder graph, string path)
    {
        Outcome<ConfigDocument> read = ConfigDocument.Read(path, variable);
        if (!read.IsOk)
        {
            _seen.Append(Encoding.UTF8.GetBytes(read.Text));
            _entries.Fault(read.Text);
            return null;
        }

        using ConfigDocument document = read.Value;
        _seen.Append(document.Hash);
        if (graph.Subconfig.Length == 0 && !HasModels(document))
        {
            // Exports of language models have a config.json of their own.
            return [];
        }

        string folder = Path.GetDirectoryName(path)!;
        IReadOnlyDictionary<string, ConfigNode> sections = document.Root.Members([ConfigSections.Models], ConfigSections.Models);
        List<(ConfigNode Node, ModelOptions? Model)> models = Items(sections, ConfigSections.Models, ModelOf);
        if (document.Findings.Errors.Count > 0)
        {
            foreach (string problem in document.Problems())
            {
                _entries.Fault(problem);
            }

            return null;
        }

        return
        [
            .. models.Select(item => (
                item.Model! with { ModelPath = GraphFolder.Of(item.Model, folder).BasePath },
                $"{path}: {item.Node.Path}.{ConfigSections.Entry}")),
        ];
    }

    private static ModelOptions? ModelOf(ConfigNode node) =>
        Inner(node)?.Bind<ModelOptions>(
            ModelOptions.Read, ConfigForms.OfModel, static (model, problems) => model with { Refused = problems });

    private static ConfigNode? Inner(ConfigNode node) =>
        node.Members([ConfigSections.Entry], ConfigSections.Entry).TryGetValue(ConfigSections.Entry, out ConfigNode inner) ? inner : null;

    private static List<(ConfigNode Node, T Item)> Items<T>(
        IReadOnlyDictionary<string, ConfigNode> sections, string key, Func<ConfigNode, T> read) =>
        sections.TryGetValue(key, out ConfigNode list) ? [.. list.Items().Select(node => (node, read(node)))] : [];

    private static bool HasModels(ConfigDocument document) =>
        document.Root.Value is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(ConfigSections.Models, out _);
}
