using System.IO.Enumeration;
using Ovms.Status;

namespace Ovms.Repository;

/// <summary>
/// Keeps all files read for a model within its base path. A person who can put a link into a repository must not gain access to the
/// server's other files. The base path itself may be a link, since the operator names it.
/// </summary>
internal static class PathFence
{
    private const string Remedy = "or allow it with --allow_outside_paths";

    private const int MaxDepth = 8;
    private const int MaxEntries = 100_000;

    private static readonly StringComparison s_comparison =
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Rejects a base path that contains <c>..</c>.</summary>
    public static Outcome CheckText(string basePath) => !RealPath.Segments(basePath).Contains("..")
        ? Outcome.Ok
        : Outcome.Fail(StatusCode.PathInvalid, $"{basePath} has a '..' in it; write the path without, {Remedy}.");

    /// <summary>Checks that a version, and every link in it, stays within the base path.</summary>
    /// <param name="basePath">A folder or a file.</param>
    /// <param name="versionPath">The version's folder or file; absolute.</param>
    public static Outcome CheckLinks(string basePath, string versionPath)
    {
        // A version from an object store lies in a folder that the server made itself.
        if (basePath.Contains("://", StringComparison.Ordinal))
        {
            return Outcome.Ok;
        }

        try
        {
            return Check(basePath, versionPath);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nothing can be read there; the search for the model reports this more clearly.
            return Outcome.Ok;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Outcome.Fail(StatusCode.PathInvalid, $"{versionPath} cannot be searched: {failure.Message}");
        }
    }

    private static Outcome Check(string basePath, string versionPath)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(basePath));
        string[] roots = RootsOf(path);
        foreach (string link in LinksOf(versionPath).Prepend(versionPath))
        {
            string? real = RealPath.Of(link);
            if (real is null || !Array.Exists(roots, root => IsIn(root, real)))
            {
                string leads = real is null ? "is a link that leads in a circle" : $"leads to {real}, outside {path}";
                return Outcome.Fail(StatusCode.PathInvalid, $"{link} {leads}; put the files themselves there, {Remedy}.");
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Checks whether a folder of a model repository leads out of it.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="folder">A folder below it; absolute.</param>
    /// <returns>Null if the folder stays inside; else the reason as a sentence.</returns>
    public static string? WhyOutside(string root, string folder)
    {
        string? real = RealPath.Of(folder);
        return real is not null && Array.Exists(RootsOf(root), allowed => IsIn(allowed, real))
            ? null
            : $"{folder} is left out: it leads to {real ?? "itself"}, outside {root}; put the files themselves there, {Remedy}.";
    }

    private static string[] RootsOf(string basePath)
    {
        string real = RealPath.Of(basePath) ?? basePath;
        if (Directory.Exists(basePath))
        {
            return [real, VolumeOf(real)];
        }

        string beside = Path.GetDirectoryName(real) ?? real;
        string folder = Path.GetDirectoryName(basePath) is { } above ? RealPath.Of(above) ?? above : real;
        return [beside, VolumeOf(beside), folder, VolumeOf(folder)];
    }

    // Kubernetes keeps each state of a ConfigMap or Secret in a folder of the volume such as ..2024_05_01_10_00_00.123. It then switches
    // the link ..data to the new folder. A base path in one state and a link into the next are in the same volume.
    private static string VolumeOf(string real)
    {
        for (string? path = real; path is not null; path = Path.GetDirectoryName(path))
        {
            if (Path.GetFileName(path) is { Length: > 2 } name && name.StartsWith("..", StringComparison.Ordinal))
            {
                return Path.GetDirectoryName(path)!;
            }
        }

        return real;
    }

    private static bool IsIn(string root, string path) =>
        path.Equals(root, s_comparison)
        || path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, s_comparison);

    private static IEnumerable<string> LinksOf(string versionPath) => Directory.Exists(versionPath)
        ? new FileSystemEnumerable<(string Path, bool IsLink)>(
            versionPath,
            static (ref FileSystemEntry entry) => (entry.ToFullPath(), entry.Attributes.HasFlag(FileAttributes.ReparsePoint)),
            new EnumerationOptions
            {
                RecurseSubdirectories = true,
                MaxRecursionDepth = MaxDepth,
                IgnoreInaccessible = true,
                AttributesToSkip = 0,
            })
            .Take(MaxEntries).Where(static entry => entry.IsLink).Select(static entry => entry.Path)
        : Directory.EnumerateFiles(Path.GetDirectoryName(versionPath)!, Path.GetFileNameWithoutExtension(versionPath) + ".*")
            .Append(Path.Combine(Path.GetDirectoryName(versionPath)!, NameMapping.FileName))
            .Take(MaxEntries);
}
