using System.Globalization;
using Ovms.Configuration.Pipelines;
using Ovms.Pipelines.BuiltIn;
using Ovms.Pipelines.Isolation;
using Ovms.Pipelines.Libraries;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Pipelines;

/// <summary>
/// The libraries that were loaded, and the instances that pipelines have of them. A file that was replaced is loaded anew; pipelines that
/// are loaded again keep their instances if library and parameters are the same.
/// </summary>
/// <param name="mostHangs">Number of hanging threads in a library after which its pipelines take no calls; 0 = never.</param>
/// <param name="isolate">Makes a library in a process of its own, from its name and path; null if libraries run in this process.</param>
internal sealed class NodeLibraries(int mostHangs, Func<string, string, IsolatedLibrary>? isolate = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Stamp, NodeLibrary Library)> _loaded = new(StringComparer.Ordinal);
    private readonly List<IsolatedLibrary> _isolated = [];
    private readonly Dictionary<string, int> _times = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Pipeline, string Node), (string Parameters, NodeInstance Instance)> _instances = [];

    /// <summary>Libraries as the options of the server say.</summary>
    /// <param name="options">The options.</param>
    /// <param name="restarted">Is told a library's name each time that its process is started again.</param>
    /// <param name="log">Receives what happens to the processes of libraries.</param>
    public static NodeLibraries From(ServerOptions options, Action<string> restarted, ILogger log)
    {
        int limit = (int)options.CustomNodeHangLimit;
        return options.IsolateCustomNodes
            ? new NodeLibraries(limit, (name, path) => new IsolatedLibrary(name, path, limit, [Environment.ProcessPath!], log)
            {
                Restarted = restarted,
            })
            : new NodeLibraries(limit);
    }

    /// <summary>Opens the library of a node.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="node">Its custom node.</param>
    /// <returns>The instance, which the caller releases; or why there is none.</returns>
    public Outcome<NodeInstance> Open(PipelineConfig pipeline, PipelineNode node)
    {
        string? path = pipeline.Libraries.FirstOrDefault(library => library.Key == node.Library).Value;
        if (path is null)
        {
            return Outcome.Fail(StatusCode.PipelineLibraryInvalid, $"Node: {node.Name}; {IsNotListed(node)}");
        }

        (string, string) place = (pipeline.Name, node.Name);
        string parameters = string.Join('\0', node.Parameters.Select(static one => $"{one.Key}\0{one.Value}"));
        Outcome<NodeLibrary> library;
        lock (_gate)
        {
            library = Load(node.Library, path);
            if (!library.IsOk)
            {
                return Outcome.Fail(StatusCode.PipelineLibraryInvalid, $"Node: {node.Name}; {library.Text}");
            }

            if (_instances.TryGetValue(place, out (string Parameters, NodeInstance Instance) kept)
                && kept.Parameters == parameters && kept.Instance.Library == library.Value && kept.Instance.TryHold())
            {
                return kept.Instance;
            }
        }

        // Outside the lock: an initialize that does not return holds up its own pipeline alone.
        Outcome<NodeInstance> opened = library.Value.Open(node.Parameters);
        if (!opened.IsOk)
        {
            // A library of its own process is loaded only here.
            return opened.Code is StatusCode.NodeLibraryOpenFailed or StatusCode.NodeLibrarySymbolMissing
                ? Outcome.Fail(StatusCode.PipelineLibraryInvalid, $"Node: {node.Name}; {opened.Text}")
                : Outcome.Fail(opened.Code, $"Node: {node.Name}; {opened.Detail}");
        }

        lock (_gate)
        {
            _instances[place] = (parameters, opened.Value);
        }

        return opened;
    }

    /// <summary>Waits until the processes of libraries that are not used any more have ended.</summary>
    /// <param name="limit">How long to wait.</param>
    public void AwaitEnds(TimeSpan limit)
    {
        Task[] ends;
        lock (_gate)
        {
            ends = [.. _isolated.Select(static library => library.Ending)];
        }

        Task.WaitAll(ends, limit);
    }

    private Outcome<NodeLibrary> Load(string name, string path)
    {
        Outcome fence = PathFence.CheckText(path);
        if (!fence.IsOk)
        {
            return fence;
        }

        FileInfo file = new(path);
        string stamp = file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{name}\0{file.Length}@{file.LastWriteTimeUtc.Ticks}")
            : $"{name}\0";
        if (_loaded.TryGetValue(path, out (string Stamp, NodeLibrary Library) known) && known.Stamp == stamp)
        {
            return known.Library;
        }

        Outcome<NodeLibrary> loaded = file.Exists ? LoadFile(name, path) : FindBuiltIn(name, path);
        if (loaded.IsOk)
        {
            _loaded[path] = (stamp, loaded.Value);
        }

        return loaded;
    }

    private Outcome<NodeLibrary> LoadFile(string name, string path)
    {
        if (isolate is not null)
        {
            IsolatedLibrary library = isolate(name, path);
            _isolated.RemoveAll(static known => known.IsIdle);
            _isolated.Add(library);
            return library;
        }

        // The loader takes a path that it knows for the library that it has loaded from there, also if the file is another one now.
        int times = _times[path] = _times.GetValueOrDefault(path) + 1;
        string folder = Path.GetDirectoryName(path) ?? "";
        string again = string.Concat(Enumerable.Repeat("./", times - 1));
        Outcome<NodeFunctions> functions = NodeFunctions.Load(times == 1 ? path : $"{folder}/{again}{Path.GetFileName(path)}");
        return functions.IsOk
            ? new SharedNodeLibrary(name, functions.Value) { Hangs = new NodeHangs(name) { Most = mostHangs } }
            : functions.WithoutValue;
    }

    /// <summary>The sentence about a library that is not configured.</summary>
    internal static string IsNotListed(PipelineNode node) =>
        $"library_name: {node.Library}; it is not in custom_node_library_config_list.";

    /// <summary>The built-in node that stands for a file that does not exist; or why there is none.</summary>
    /// <param name="name">The library's name in the configuration.</param>
    /// <param name="path">The file.</param>
    internal static Outcome<NodeLibrary> FindBuiltIn(string name, string path) => BuiltInNodes.Find(name, path) is { } node
        ? node
        : Outcome.Fail(
            StatusCode.NodeLibraryOpenFailed,
            $"{path} does not exist, and its name is not that of a built-in node: {string.Join(", ", BuiltInNodes.FileNames)}");
}
