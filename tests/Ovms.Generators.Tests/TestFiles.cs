using System.Runtime.CompilerServices;

namespace Ovms.Generators.Tests;

/// <summary>Finds files of the source tree.</summary>
internal static class TestFiles
{
    /// <summary>A path relative to this file.</summary>
    public static string Beside(string path, [CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, path));
}
