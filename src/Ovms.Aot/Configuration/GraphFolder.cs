using Ovms.Options;
using Ovms.Repository;

namespace Ovms.Configuration;

/// <summary>The folder of an entry's files; tells whether they are a graph's.</summary>
/// <param name="Name">The entry's name.</param>
/// <param name="BasePath">The absolute folder, or an address in an object store.</param>
/// <param name="Graph">The graph's file as given; empty for the default.</param>
/// <param name="Subconfig">The list of the graph's models as given; empty for the default.</param>
internal sealed record GraphFolder(string Name, string BasePath, string Graph, string Subconfig)
{
    // Model mesh uses the second name.
    private static readonly string[] s_subconfigFiles = ["subconfig.json", "config.json"];

    /// <summary>Whether it is a graph: the entry names a graph file, or the default one exists.</summary>
    public bool IsGraph =>
        Graph.Length > 0
            || (!IsAddress(BasePath) && (File.Exists(Path.Combine(BasePath, ServableFolders.GraphFile)) || File.Exists(MeshFile)));

    /// <summary>The graph's file.</summary>
    public string GraphPath =>
        Graph.Length > 0 ? Path.Combine(BasePath, Graph)
            : !IsAddress(BasePath) && File.Exists(MeshFile) ? MeshFile
            : Path.Combine(BasePath, ServableFolders.GraphFile);

    // Model mesh puts a graph where a model's first version would be.
    private string MeshFile => Path.Combine(BasePath, "1", ServableFolders.GraphFile);

    /// <summary>Resolves the folder of a model's entry.</summary>
    /// <param name="model">The entry.</param>
    /// <param name="folder">The folder that relative paths start from.</param>
    public static GraphFolder Of(ModelOptions model, string folder) =>
        new(model.ModelName, Resolve(model.ModelPath, model.ModelName, folder), model.GraphPath, model.Subconfig);

    /// <summary>Resolves the folder of a graph's entry.</summary>
    public static GraphFolder Of(GraphOptions graph, string folder) =>
        new(graph.Name, Resolve(graph.BasePath, graph.Name, folder), graph.GraphPath, graph.Subconfig);

    /// <summary>The list of the graph's models; null if there is none. A file that the entry names may be missing.</summary>
    public string? FindSubconfig()
    {
        if (IsAddress(BasePath))
        {
            return null;
        }

        return Subconfig.Length > 0
            ? Path.Combine(BasePath, Subconfig)
            : s_subconfigFiles.Select(name => Path.Combine(BasePath, name)).FirstOrDefault(File.Exists);
    }

    private static string Resolve(string path, string name, string folder)
    {
        string given = path.Length == 0 ? name : path;
        return IsAddress(given) ? given : Path.Combine(folder, given);
    }

    private static bool IsAddress(string path) => path.Contains("://", StringComparison.Ordinal);
}
