using System.Collections.Concurrent;
using System.IO.Hashing;
using Ovms.Disk;
using Ovms.Native;

namespace Ovms.Generation.Models;

/// <summary>
/// Remembers which models compute the same over paged attention, by their text: their structure decides it, not their weights. In the
/// process, and in a folder if there is one, so that a model is compiled for the comparison once.
/// </summary>
internal sealed class LaneVerdicts(string? folder)
{
    private const int LongestReason = 1024;

    /// <summary>Grows when the comparison changes.</summary>
    private const string Form = "2";

    private static readonly ConcurrentDictionary<string, string> s_known = new();

    /// <summary>The key of a model's text for the loaded OpenVINO.</summary>
    /// <param name="text">The file of the text.</param>
    /// <param name="isExact">Whether it is compared in F32.</param>
    /// <exception cref="IOException">The text cannot be read.</exception>
    public static string KeyOf(string text, bool isExact)
    {
        // Tells models apart, and guards against nobody: who writes the folder may write what he likes.
        XxHash128 hash = new();
        hash.Append(System.Text.Encoding.UTF8.GetBytes($"{Form} {isExact} {OpenVinoLibrary.BuildNumber}\n"));
        using FileStream file = RegularFile.OpenRead(text);
        hash.Append(file);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>The verdict of an earlier load: empty if the forms are the same, else how they differ; null if there is none.</summary>
    public string? Find(string key)
    {
        if (s_known.TryGetValue(key, out string? known) || folder is null)
            return known;
        try
        {
            using FileStream file = RegularFile.OpenRead(PathOf(key));
            byte[] bytes = new byte[LongestReason];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            // The first line repeats the key: a file that was cut or is not ours counts for nothing.
            string[] lines = System.Text.Encoding.UTF8.GetString(bytes, 0, length).Split('\n');
            return lines is [{ } first, { } reason, ""] && first == key ? s_known.GetOrAdd(key, reason) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotRegularFileException)
        {
            return null;
        }
    }

    /// <summary>Remembers a verdict. A folder that cannot be written only costs the comparison in the next process.</summary>
    public void Add(string key, string reason)
    {
        s_known[key] = reason;
        if (folder is null)
            return;
        try
        {
            Directory.CreateDirectory(folder);
            string written = $"{PathOf(key)}.{Guid.NewGuid():N}";
            File.WriteAllText(written, $"{key}\n{reason}\n");
            File.Move(written, PathOf(key), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As the summary says.
        }
    }

    /// <summary>Forgets what the process knows, for tests of the folder.</summary>
    internal static void Clear() => s_known.Clear();

    private string PathOf(string key) => Path.Combine(folder!, $"{key}.lane");
}
