using System.Collections.Immutable;
using System.Globalization;
using System.Security;
using Ovms.Status;

namespace Ovms.Repository;

/// <summary>
/// A snapshot of a model's base path: a folder with version folders, a folder with one model's files, or one model file. The last two
/// are version 1.
/// </summary>
/// <param name="BasePath">Absolute.</param>
/// <param name="Versions">At least one; ascending.</param>
/// <param name="Warnings">Sentences about what was found and left out.</param>
internal sealed record ModelRepository(string BasePath, ImmutableArray<ModelVersionFolder> Versions, ImmutableArray<string> Warnings)
{
    /// <summary>Reads a base path.</summary>
    /// <param name="basePath">
    /// Absolute or relative to the working folder. <see cref="PathFence"/> decides whether the path and its links may lead elsewhere.
    /// </param>
    /// <returns>The versions found, or a fault: no such path, not readable, nothing that can be served.</returns>
    public static Outcome<ModelRepository> Open(string basePath)
    {
        if (RemotePath.IsRemote(basePath))
        {
            return Outcome.Fail(
                StatusCode.PathInvalid,
                $"{basePath} is in an object store; only local paths are possible here: copy it to a folder and give that folder.");
        }

        if (string.IsNullOrWhiteSpace(basePath) || basePath.Contains('\0'))
        {
            return Outcome.Fail(
                StatusCode.PathInvalid,
                "The path is empty or holds a NUL; give a folder with version folders 1, 2, …, a folder with a model's files, "
                + "or a model file.");
        }

        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(basePath));
        try
        {
            // Unlike Exists, this distinguishes "missing" from "not permitted".
            return File.GetAttributes(path).HasFlag(FileAttributes.Directory) ? OpenFolder(path) : OpenFile(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Outcome.Fail(
                StatusCode.PathInvalid,
                $"{path} does not exist; give a folder with version folders 1, 2, …, a folder with a model's files, or a model file.");
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
    }

    /// <summary>The versions that the policy selects, ascending; at least one.</summary>
    public Outcome<ImmutableArray<ModelVersionFolder>> Select(VersionPolicy policy)
    {
        ImmutableArray<long> there = [.. Versions.Select(static folder => folder.Version)];
        ImmutableArray<long> wanted = policy.Select(there);
        return wanted.IsEmpty
            ? Outcome.Fail(
                StatusCode.NoModelVersionAvailable,
                $"{BasePath} has the versions {string.Join(", ", there)}; the version policy {policy} selects none of them.")
            : Versions.Where(folder => wanted.Contains(folder.Version)).ToImmutableArray();
    }

    private static Outcome<ModelRepository> OpenFile(string path) => new ModelRepository(path, [new ModelVersionFolder(1, path)], []);

    private static Outcome<ModelRepository> OpenFolder(string path)
    {
        SortedDictionary<long, string> versions = [];
        List<string> warnings = [];
        List<string> others = [];
        IEnumerable<string> folders = Directory.EnumerateDirectories(path).Select(static folder => Path.GetFileName(folder));
        foreach (string name in folders.Order(StringComparer.Ordinal))
        {
            if (!IsDigits(name))
            {
                others.Add(name);
            }
            else if (!long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long version) || version == 0)
            {
                warnings.Add($"Folder {Path.Combine(path, name)} is left out: versions are numbers from 1 to {long.MaxValue}.");
            }
            else if (!versions.TryAdd(version, Path.Combine(path, name)))
            {
                warnings.Add($"Folder {Path.Combine(path, name)} is left out: {versions[version]} is version {version} already.");
            }
        }

        string[] files = [.. Directory.EnumerateFiles(path).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        if (versions.Count == 0)
        {
            if (ModelFormats.AnyOf(files))
            {
                return new ModelRepository(path, [new ModelVersionFolder(1, path)], []);
            }

            // A folder may get its versions later; a graph will not turn into a model.
            return files.Contains(ServableFolders.GraphFile)
                ? Outcome.Fail(
                    StatusCode.NotImplemented,
                    $"{path} holds a MediaPipe graph ({ServableFolders.GraphFile}), which is no model here; "
                        + "list it in mediapipe_config_list of the configuration file.")
                : Outcome.Fail(StatusCode.NoModelVersionAvailable, NothingServable(path, files, others, warnings));
        }

        // Names that begin with a dot belong to tools and mounts, not to models.
        string[] strange = [.. others.Where(static name => !name.StartsWith('.'))];
        if (strange.Length > 0)
        {
            string leftOut = $"{Listing.Of(strange)} {(strange.Length == 1 ? "is" : "are")} left out";
            warnings.Add($"In {path}, {leftOut}: version folders are named by a number from 1.");
        }

        return new ModelRepository(path, [.. versions.Select(static pair => new ModelVersionFolder(pair.Key, pair.Value))], [.. warnings]);
    }

    private static string NothingServable(string path, string[] files, List<string> folders, List<string> warnings)
    {
        string there = Listing.Of([.. folders.Select(static name => name + "/"), .. files]);
        string left = warnings.Count == 0 ? "" : " " + string.Join(' ', warnings);
        string fix = $"Move the model's files into {Path.Combine(path, "1")}, or give the folder they are in. "
            + $"A language model has {LanguageFiles.Model}, {string.Join(", ", LanguageFiles.Companions)} and their .bin files.";
        return $"{path} has no version above 0 (a folder 1, 2, …) and no model file ({ModelFormats.AllPatterns}); "
            + $"it holds {there}.{left} {fix}";
    }

    private static bool IsDigits(string name) => name.All(char.IsAsciiDigit);
}
