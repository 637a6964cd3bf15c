using System.Runtime.CompilerServices;

namespace Ovms.Generators.Tests.Infrastructure;

/// <summary>Compares generated text with a file beside the test; OVMS_UPDATE=1 writes the file instead.</summary>
internal static class Snapshot
{
    public static async Task Matches(string name, string text, [CallerFilePath] string testFile = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(testFile)!, $"{name}.verified.cs");
        if (Environment.GetEnvironmentVariable("OVMS_UPDATE") == "1")
        {
            await File.WriteAllTextAsync(path, text);
            return;
        }

        string expected = File.Exists(path) ? (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n") : "";
        await Assert.That(text).IsEqualTo(expected).Because($"{Path.GetFileName(path)} says so; OVMS_UPDATE=1 rewrites it");
    }
}
