using System.Text;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Reads the names of classes where options give them: a file, a list, or a map.</summary>
internal static class LabelMap
{
    // Label files have tens to thousands of lines.
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads them.</summary>
    /// <returns>Names by class; or why they cannot be read.</returns>
    public static Outcome<Dictionary<long, string>> Read(DetectionLabelIdToTextOptions options)
    {
        int sources = (options.LabelMapPath.Length > 0 ? 1 : 0) + (options.Label.IsEmpty ? 0 : 1) + (options.LabelItems.IsEmpty ? 0 : 1);
        if (sources > 1)
        {
            return Fail("its options give several of label_map_path, label and label_items; expected one of them");
        }

        if (options.LabelMapPath.Length > 0)
        {
            return ReadFile(options.LabelMapPath, options.Folder);
        }

        Dictionary<long, string> names = Lines(options.Label);
        foreach (LabelMapEntry entry in options.LabelItems)
        {
            names[entry.Key] = entry.Value?.Name ?? "";
        }

        return names;
    }

    private static Outcome<Dictionary<long, string>> ReadFile(string path, string folder)
    {
        string beside = Path.GetFullPath(Path.Combine(folder, path));
        string chosen = File.Exists(beside) ? beside : Path.GetFullPath(path);
        try
        {
            using FileStream stream = RegularFile.OpenRead(chosen, 1 << 12);
            if (stream.Length > MaxBytes)
            {
                return Fail($"label_map_path {chosen} has {stream.Length} bytes; expected at most {MaxBytes}");
            }

            using StreamReader reader = new(stream, Encoding.UTF8);
            return Lines(reader.ReadToEnd().TrimEnd('\n').Split('\n').Select(static line => line.TrimEnd('\r')));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Fail($"label_map_path {path} cannot be read, neither {beside} nor from the working folder: {failure.Message}");
        }
    }

    private static Dictionary<long, string> Lines(IEnumerable<string> names)
    {
        Dictionary<long, string> map = [];
        foreach (string name in names)
        {
            map.Add(map.Count, name);
        }

        return map;
    }

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphInitializationError, why);
}
