using Ovms.Pipelines.Libraries;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>
/// The nodes that the server has itself, under the file names of the original's libraries: configurations work without the files.
/// </summary>
internal static class BuiltInNodes
{
    private const string Prefix = "libcustom_node_";
    private const string Suffix = ".so";

    private static readonly Dictionary<string, Func<NodeOptions, BuiltInNode>> s_nodes = new(StringComparer.Ordinal)
    {
        ["east_ocr"] = static options => new EastText(options),
        ["face_blur"] = static options => new FaceBlur(options),
        ["horizontal_ocr"] = static options => new HorizontalText(options),
        ["image_transformation"] = static options => new ImageChange(options),
        ["model_zoo_intel_object_detection"] = static options => new ObjectDetection(options),
    };

    /// <summary>Their file names.</summary>
    public static IEnumerable<string> FileNames => s_nodes.Keys.Select(static name => Prefix + name + Suffix);

    /// <summary>Finds the node of a file that does not exist.</summary>
    /// <param name="name">The library's name in the configuration.</param>
    /// <param name="path">The file.</param>
    /// <returns>The node; null if there is none of that name.</returns>
    public static NodeLibrary? Find(string name, string path)
    {
        string file = Path.GetFileName(path);
        return file.StartsWith(Prefix, StringComparison.Ordinal) && file.EndsWith(Suffix, StringComparison.Ordinal)
            && s_nodes.TryGetValue(file[Prefix.Length..^Suffix.Length], out Func<NodeOptions, BuiltInNode>? make)
            ? new BuiltInLibrary(name, make)
            : null;
    }
}
