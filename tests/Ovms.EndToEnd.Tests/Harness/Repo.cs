namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Where things are: the repository, the published package, the models.</summary>
internal static class Repo
{
    /// <summary>The folder that holds Ovms.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published package; OVMS_PACKAGE names another one.</summary>
    public static string Package { get; } = Environment.GetEnvironmentVariable("OVMS_PACKAGE") ?? Path.Combine(Root, "publish", "out");

    /// <summary>The binary under test.</summary>
    public static string Binary { get; } = new[] { "ovms.exe", "ovms" }.Select(static name => Path.Combine(Package, "bin", name))
        .FirstOrDefault(File.Exists, Path.Combine(Package, "bin", "ovms"));

    /// <summary>Material that is not part of the repository; tests over it are skipped where it is absent.</summary>
    public static string Shared { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    /// <summary>A model that the repository carries.</summary>
    public static string Model(string name) => Path.Combine(Root, "tests", "models", name);

    /// <summary>A file or folder among the outside material; skips the test, saying why, where it is absent.</summary>
    public static string SharedOrSkip(params string[] parts)
    {
        string path = Path.Combine([Shared, .. parts]);
        Skip.Unless(Path.Exists(path), $"{string.Join('/', parts)} is not at hand (it is looked for in {Shared}).");
        return path;
    }

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Ovms.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"Ovms.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
