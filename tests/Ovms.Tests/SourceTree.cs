using System.Runtime.CompilerServices;

namespace Ovms.Tests;

/// <summary>Finds files of the source tree that tests compare with.</summary>
internal static class SourceTree
{
    /// <summary>Whether tests write such files instead of comparing them.</summary>
    public static bool IsUpdating => Environment.GetEnvironmentVariable("OVMS_UPDATE") == "1";

    /// <summary>A path from the root of the repository.</summary>
    public static string PathOf(string path) => Path.Combine(Root(), path);

    /// <summary>Requires the file to hold the text; with OVMS_UPDATE=1 writes it.</summary>
    public static async Task Holds(string path, string text)
    {
        string file = PathOf(path);
        if (IsUpdating)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text);
            return;
        }

        string held = File.Exists(file) ? (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n") : "";
        await Assert.That(held).IsEqualTo(text).Because($"{path} is written from the tables: run the tests with OVMS_UPDATE=1");
    }

    /// <summary>Requires the part of a file between two lines to be the text; with OVMS_UPDATE=1 writes that part.</summary>
    public static async Task HoldsBetween(string path, string begin, string end, string text)
    {
        string file = (await File.ReadAllTextAsync(PathOf(path))).ReplaceLineEndings("\n");
        int from = file.IndexOf(begin + "\n", StringComparison.Ordinal) + begin.Length + 1;
        int to = file.IndexOf(end, StringComparison.Ordinal);
        await Assert.That(from > begin.Length && to >= from).IsTrue().Because($"{path} has the lines {begin} and {end}");
        await Holds(path, file[..from] + text + file[to..]);
    }

    private static string Root([CallerFilePath] string here = "")
    {
        string? folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Ovms.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not run from the source tree.");
    }
}
