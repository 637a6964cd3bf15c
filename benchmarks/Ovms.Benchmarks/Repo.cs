namespace Ovms.Benchmarks;

/// <summary>Where things are.</summary>
internal static class Repo
{
    /// <summary>The folder that holds Ovms.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published binary.</summary>
    public static string Binary { get; } = Path("publish/out/bin/ovms");

    /// <summary>A path from the root of the repository.</summary>
    public static string Path(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, relative));

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (File.Exists(System.IO.Path.Combine(folder, "Ovms.sln")))
                return folder;
        }

        throw new InvalidOperationException($"Ovms.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
