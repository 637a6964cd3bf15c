namespace Ovms.Tests.Setup;

/// <summary>Models in the repository and beside it.</summary>
internal static class Repo
{
    /// <summary>The folder that holds Ovms.sln.</summary>
    internal static string Root { get; } = SourceTree.PathOf("");

    /// <summary>The base path of a test model.</summary>
    internal static string Model(string name) => Path.Combine(Root, "tests", "models", name);

    /// <summary>Base path of a model that is not carried here but lies beside a checkout of the project; skips the test, and says so, where it does not.</summary>
    internal static string ModelBeside(string name)
    {
        for (DirectoryInfo? folder = new(Root); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "models", name);
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        Skip.Test($"The model {name} is not there: no folder above {Root} holds shared/models/{name}.");
        return "";
    }
}
