namespace Ovms.Native.Tests.Setup;

/// <summary>Places in the repository.</summary>
internal static class Repo
{
    /// <summary>The folder that holds Ovms.sln.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>A file of the first version of a test model.</summary>
    internal static string Model(string name, string? file = null) =>
        Path.Combine(Root, "tests", "models", name, "1", file ?? $"{name}.xml");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ovms.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Ovms.sln; run the tests inside the repository.");
    }
}
