using System.Text;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Configuration.Graphs;

/// <summary>Reads the file of a graph.</summary>
internal static class GraphFile
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads the text.</summary>
    /// <param name="path">The file; absolute.</param>
    /// <returns>The text; <see cref="StatusCode.FileInvalid"/> if there is no such file; or why it cannot be read.</returns>
    public static Outcome<string> Read(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path, 1 << 12);
            if (stream.Length > MaxBytes)
            {
                return Outcome.Fail(StatusCode.GraphInvalid, $"{path} has {stream.Length} bytes; a graph has at most {MaxBytes}.");
            }

            using StreamReader reader = new(stream, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Outcome.Fail(StatusCode.FileInvalid, $"{path} does not exist; put the graph there, or name its file in graph_path.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Outcome.Fail(StatusCode.GraphInvalid, $"{path} cannot be read: {failure.Message}");
        }
    }
}
