using Microsoft.Win32.SafeHandles;

namespace Ovms.Disk;

/// <summary>Opens a file for appending, such as a log. A named pipe is opened only while a process reads it.</summary>
internal static class AppendFile
{
    /// <summary>Opens the file, or creates it. Others may read, rename and delete it meanwhile. The stream is unbuffered.</summary>
    /// <exception cref="NotRegularFileException">A socket, or a pipe without a reader.</exception>
    /// <exception cref="UnauthorizedAccessException">The server may not write the file.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
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
