using Microsoft.Win32.SafeHandles;

namespace Ovms.Disk;

/// <summary>
/// Opens files named by users; every read of such a file goes through here. Opening a named pipe blocks until a writer comes, possibly
/// for ever. On Linux these methods therefore never block and open only regular files.
/// </summary>
internal static class RegularFile
{
    /// <summary>Opens a file for reading. Others may write, rename and delete it meanwhile.</summary>
    /// <param name="path">The path.</param>
    /// <param name="bufferSize">Buffer of the stream in bytes; 0 for none.</param>
    /// <exception cref="NotRegularFileException">The path names something other than a regular file.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The server may not read the file, or it is a folder.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static FileStream OpenRead(string path, int bufferSize = 0)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize);
        }

        SafeFileHandle handle = LinuxFile.OpenWithoutWaiting(path, LinuxFile.ReadOnly);
        try
        {
            FileKind kind = LinuxFile.KindOf(handle);
            if (kind == FileKind.Directory)
            {
                throw new UnauthorizedAccessException($"{path} is a folder.");
            }

            Refuse(path, kind);
            LinuxFile.ClearNonBlocking(handle, LinuxFile.ReadOnly);
            return new FileStream(handle, FileAccess.Read, bufferSize, isAsync: false);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads all of a file that is known to be small.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAllBytes(string path)
    {
        using FileStream stream = OpenRead(path);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>
    /// Bytes of a file, or of the file that a link leads to: a link's own length is that of its text. Null if there is no file.
    /// </summary>
    public static long? LengthOf(string path)
    {
        FileInfo file = new(path);
        FileSystemInfo target = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
        return target is FileInfo { Exists: true } found ? found.Length : null;
    }

    /// <summary>Checks a file that OpenVINO is about to open by name. A missing file or a folder passes: OpenVINO reports it.</summary>
    /// <exception cref="NotRegularFileException">The file exists and is not regular.</exception>
    public static void Check(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            Refuse(path, LinuxFile.KindOf(path));
        }
    }

    private static void Refuse(string path, FileKind kind)
    {
        if (kind is not (FileKind.Regular or FileKind.Directory or FileKind.Unknown))
        {
            throw new NotRegularFileException(path, LinuxFile.Describe(kind));
        }
    }
}
