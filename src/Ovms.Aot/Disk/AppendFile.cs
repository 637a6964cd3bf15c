using Microsoft.Win32.SafeHandles;

namespace Ovms.Disk;

/// <summary>Opens a file to append to, such as a log. A named pipe is opened only while something reads it.</summary>
internal static class AppendFile
{
    /// <summary>Opens the file, made when it is missing; others may read, rename and delete it meanwhile. It has no buffer.</summary>
    /// <exception cref="NotRegularFileException">A socket, or a pipe that nobody reads.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileStream Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }

        SafeFileHandle handle = LinuxFile.OpenWithoutWaiting(path, LinuxFile.AppendOrCreate);
        LinuxFile.ClearNonBlocking(handle, LinuxFile.AppendOrCreate);
        return new FileStream(handle, FileAccess.Write, bufferSize: 0, isAsync: false);
    }
}
