using System.Collections.Immutable;
using System.Security;
using Ovms.Status;

namespace Ovms.Repository;

/// <summary>One folder of a repository that can be served.</summary>
/// <param name="Name">Path relative to the repository, with slashes.</param>
/// <param name="Path">Absolute.</param>
internal sealed record ServableFolder(string Name, string Path);

/// <summary>Scan of a model repository: folders with numbered versions that hold a model, folders with a graph, and folders with a
/// language model.</summary>
/// <param name="Found">Sorted by name.</param>
/// <param name="Warnings">Sentences about folders that look like a model but cannot be served.</param>
internal sealed record ServableFolders(ImmutableArray<ServableFolder> Found, ImmutableArray<string> Warnings)
{
    /// <summary>The file that marks a folder as a graph's.</summary>
    public const string GraphFile = "graph.pbtxt";

    // Beyond these limits the folder is a whole disk or holds a cycle of links, not a model repository.
    private const int MaxDepth = 12;
    private const int MaxFolders = 100_000;

    /// <summary>Scans all folders below a root, but not below those that can be served.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="allowOutside">Whether links may lead out of the repository.</param>
    public static Outcome<ServableFolders> Under(string root, bool allowOutside = false)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        Search search = new(path, allowOutside);
        try
        {
            if (!File.GetAttributes(path).HasFlag(FileAttributes.Directory))
            {
                return Outcome.Fail(StatusCode.PathInvalid, $"{path} is a file; expected the folder that holds the models' folders.");
            }

            search.Into(path, 1);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Outcome.Fail(StatusCode.PathInvalid, $"{path} does not exist; expected the folder that holds the models' folders.");
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or SecurityException)
        {
            return Outcome.Fail(
                StatusCode.PathInvalid,
                $"{path} may not be read by user {Environment.UserName}; give this user read permission, and permission to enter "
                + "every folder above it.");
        }
        catch (IOException failure)
        {
            return Outcome.Fail(StatusCode.PathInvalid, $"{path} cannot be read: {failure.Message}");
        }

        if (search.Left < 0)
        {
            string problem = $"{path} holds more than {MaxFolders} folders; expected the folder that holds the models' folders.";
            return Outcome.Fail(StatusCode.PathInvalid, problem);
        }

        return new ServableFolders(
            [.. search.Found.OrderBy(static folder => folder.Name, StringComparer.Ordinal)],
            [.. search.Warnings.Order(StringComparer.Ordinal)]);
    }

    private sealed class Search(string root, bool allowOutside)
    {
        public List<ServableFolder> Found { get; } = [];

        public List<string> Warnings { get; } = [];

        public int Left { get; private set; } = MaxFolders;

        public void Into(string folder, int depth)
        {
            foreach (string sub in Directory.EnumerateDirectories(folder))
            {
                // Names that begin with a dot belong to tools and mounts, not to models.
                if (Path.GetFileName(sub).StartsWith('.') || LeadsBack(sub) || --Left < 0)
                {
                    continue;
                }

                if (!allowOutside && new DirectoryInfo(sub).LinkTarget is not null && PathFence.WhyOutside(root, sub) is { } outside)
                {
                    Warnings.Add(outside);
                    continue;
                }

                try
                {
                    Look(sub, depth);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SecurityException)
                {
                    Warnings.Add($"{sub} is left out: {failure.Message}");
                }
            }
        }

        // A link to one of its own parent folders: their contents are scanned already.
        private static bool LeadsBack(string folder) =>
            Directory.ResolveLinkTarget(folder, returnFinalTarget: true) is { } target
            && (Path.GetDirectoryName(folder) + Path.DirectorySeparatorChar).StartsWith(
                Path.TrimEndingDirectorySeparator(target.FullName) + Path.DirectorySeparatorChar,
                StringComparison.Ordinal);

        private void Look(string folder, int depth)
        {
            string name = Path.GetRelativePath(root, folder).Replace('\\', '/');
            if (File.Exists(Path.Combine(folder, GraphFile))
                || Directory.EnumerateDirectories(folder).Any(IsVersionWithModel)
                || LanguageFiles.AreAmong([.. Directory.EnumerateFiles(folder).Select(static file => Path.GetFileName(file))]))
            {
                Found.Add(new ServableFolder(name, folder));
                return;
            }

            if (FilesOf(folder) is { Format: { } format })
            {
                string fix = $"move its files into {Path.Combine(folder, "1")}";
                Warnings.Add($"{folder} is left out: it holds a model ({format.DisplayName()}) and no version folder; {fix}.");
            }

            if (depth < MaxDepth)
            {
                Into(folder, depth + 1);
            }
        }

        private static bool IsVersionWithModel(string folder)
        {
            string name = Path.GetFileName(folder);
            return name[0] is >= '1' and <= '9' && name.All(char.IsAsciiDigit) && FilesOf(folder) is not null;
        }

        private static ModelFileChoice? FilesOf(string folder) =>
            ModelFileChoice.Among([.. Directory.EnumerateFiles(folder).Select(static file => Path.GetFileName(file))]);
    }
}
