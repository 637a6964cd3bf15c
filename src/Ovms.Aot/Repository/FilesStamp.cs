using System.IO.Enumeration;
using System.IO.Hashing;
using System.Text;
using Ovms.Disk;

namespace Ovms.Repository;

/// <summary>How a version's files look; two that are equal need no second load. Opaque.</summary>
internal readonly record struct FilesStamp(string Text);

/// <summary>A version's files as one look at the disk found them, without reading them.</summary>
/// <param name="Layout">Names and sizes.</param>
/// <param name="Times">When each was last written.</param>
/// <param name="Files">The files' paths, in the order of their names.</param>
/// <param name="Bytes">All sizes together.</param>
internal sealed record FilesSeen(string Layout, string Times, IReadOnlyList<string> Files, long Bytes)
{
    // A version has a few files; what lies deeper or comes later in a folder that is no version's is none of the model's.
    private const int MaxDepth = 2;
    private const int MaxFiles = 1024;

    /// <summary>Looks at a version.</summary>
    /// <param name="path">A folder, or a model's main file: then the files beside it that share its name count too, and the one with other names for its ports.</param>
    /// <exception cref="IOException">It cannot be looked at, or changed meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static FilesSeen At(string path)
    {
        List<FileInfo> files = Directory.Exists(path) ? [.. InFolder(path)] : [.. BesideFile(path)];
        files.Sort(static (left, right) => string.CompareOrdinal(left.FullName, right.FullName));
        StringBuilder layout = new();
        StringBuilder times = new();
        long bytes = 0;
        foreach (FileInfo file in files)
        {
            // Stores of models are often trees of links: what counts is what they lead to.
            FileInfo target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            long length = target.Exists ? target.Length : -1;
            layout.Append(file.FullName).Append('|').Append(length).Append('\n');
            times.Append(target.Exists ? target.LastWriteTimeUtc.Ticks : 0).Append('\n');
            bytes += Math.Max(length, 0);
        }

        return new FilesSeen(layout.ToString(), times.ToString(), [.. files.Select(static file => file.FullName)], bytes);
    }

    /// <summary>The stamp of files that look so.</summary>
    public FilesStamp ToStamp() => new(Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(Layout + Times))));

    /// <summary>A hash of all contents, null where they cannot be read. Reads the files.</summary>
    public string? TryHashContents()
    {
        try
        {
            return HashContents();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string HashContents()
    {
        XxHash128 hash = new();
        byte[] chunk = new byte[64 << 10];
        foreach (string file in Files)
        {
            if (new FileInfo(file) is not { Exists: true, Length: > 0 })
            {
                continue;
            }

            using FileStream stream = RegularFile.OpenRead(file);
            for (int read = stream.Read(chunk); read > 0; read = stream.Read(chunk))
            {
                hash.Append(chunk.AsSpan(0, read));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<FileInfo> InFolder(string folder) =>
        new FileSystemEnumerable<FileInfo>(
            folder,
            static (ref FileSystemEntry entry) => (FileInfo)entry.ToFileSystemInfo(),
            new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, IgnoreInaccessible = true, AttributesToSkip = 0 })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
        }.Take(MaxFiles);

    private static IEnumerable<FileInfo> BesideFile(string file) =>
        new DirectoryInfo(Path.GetDirectoryName(file)!)
            .EnumerateFiles(Path.GetFileNameWithoutExtension(file) + ".*")
            .Concat(new DirectoryInfo(Path.GetDirectoryName(file)!).EnumerateFiles(NameMapping.FileName))
            .Take(MaxFiles);
}
