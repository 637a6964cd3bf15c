using Microsoft.Win32.SafeHandles;

namespace Ovms.Disk;

/// <summary>
/// Opens files whose names come from users. Every read of such a file goes through here: opening a named pipe waits for its writer for
/// ever, so on Linux nothing is waited for and only regular files are opened.
/// </summary>
internal static class RegularFile
{
    /// <summary>Opens a file for reading; others may write, rename and delete it meanwhile.</summary>
    /// <param name="path">Where.</param>
    /// <param name="bufferSize">Of the stream; 0 for none.</param>
    /// <exception cref="NotRegularFileException">Something else is there.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
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

    /// <summary>All of a file that is known to be small.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAllBytes(string path)
    {
        using FileStream stream = OpenRead(path);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Checks a file that the engine is going to open by its name. Nothing there, or a folder, is for the engine to report.</summary>
    /// <exception cref="NotRegularFileException">It is there and not regular.</exception>
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
