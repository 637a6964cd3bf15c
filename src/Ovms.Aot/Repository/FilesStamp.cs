using System.IO.Enumeration;
using System.IO.Hashing;
using System.Text;
using Ovms.Disk;

namespace Ovms.Repository;

/// <summary>Opaque mark of the state of a version's files. A version whose stamp is unchanged needs no reload.</summary>
internal readonly record struct FilesStamp(string Text);

/// <summary>A version's files as found on disk, without reading their contents.</summary>
/// <param name="Layout">Names and sizes.</param>
/// <param name="Times">Last write times.</param>
/// <param name="Files">The files' paths, sorted by name.</param>
/// <param name="Bytes">Sum of all sizes.</param>
internal sealed record FilesSeen(string Layout, string Times, IReadOnlyList<string> Files, long Bytes)
{
    // A version has few files. Anything deeper in the folder, or beyond this number, is not part of the model.
    private const int MaxDepth = 2;
    private const int MaxFiles = 1024;

    /// <summary>Lists a version's files.</summary>
    /// <param name="path">
    /// A folder, or a model's main file. With a file, the files beside it that share its name count too, and so does the name mapping.
    /// </param>
    /// <exception cref="IOException">The path cannot be listed, or changed meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">The server may not list the path.</exception>
    public static FilesSeen At(string path)
    {
        List<FileInfo> files = Directory.Exists(path) ? [.. InFolder(path)] : [.. BesideFile(path)];
        files.Sort(static (left, right) => string.CompareOrdinal(left.FullName, right.FullName));
        StringBuilder layout = new();
        StringBuilder times = new();
        long bytes = 0;
        foreach (FileInfo file in files)
        {
            // Model stores are often trees of links: the target's size and time count.
            FileInfo target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            long length = target.Exists ? target.Length : -1;
            layout.Append(file.FullName).Append('|').Append(length).Append('\n');
            times.Append(target.Exists ? target.LastWriteTimeUtc.Ticks : 0).Append('\n');
            bytes += Math.Max(length, 0);
        }

        return new FilesSeen(layout.ToString(), times.ToString(), [.. files.Select(static file => file.FullName)], bytes);
    }

    /// <summary>The stamp of these files.</summary>
    public FilesStamp ToStamp() => new(Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(Layout + Times))));

    /// <summary>Reads the files and hashes all contents; null if they cannot be read.</summary>
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
            new EnumerationOptions
            {
                RecurseSubdirectories = true,
                MaxRecursionDepth = MaxDepth,
                IgnoreInaccessible = true,
                AttributesToSkip = 0,
            })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
        }.Take(MaxFiles);

    private static IEnumerable<FileInfo> BesideFile(string file) =>
        new DirectoryInfo(Path.GetDirectoryName(file)!)
            .EnumerateFiles(Path.GetFileNameWithoutExtension(file) + ".*")
            .Concat(new DirectoryInfo(Path.GetDirectoryName(file)!).EnumerateFiles(NameMapping.FileName))
            .Take(MaxFiles);
}
