using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ovms.Disk;

/// <summary>Opens files on Linux without blocking, for which .NET has no API.</summary>
internal static unsafe partial class LinuxFile
{
    /// <summary>Opens for reading.</summary>
    public const int ReadOnly = 0;

    /// <summary>Opens for appending; creates a missing file.</summary>
    public const int AppendOrCreate = 0x1 | 0x40 | 0x400;

    /// <summary>Opens for reading and writing, but not through a symbolic link, whose flag differs between processors.</summary>
    public static readonly int ReadWriteNoLink = 0x2 | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000);

    // The values are the same on x64 and arm64.
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int SetStatusFlags = 4;
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const int LinkItself = 0x100;
    private const uint KindWanted = 1;
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int KindMask = 0xF000;
    private const int NewFileMode = 0b110_110_110;

    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int Interrupted = 4;
    private const int NoSuchDevice = 6;
    private const int AccessDenied = 13;
    private const int NotAFolder = 20;

    /// <summary>Opens a path. Does not wait for the other end of a named pipe.</summary>
    /// <param name="path">The path.</param>
    /// <param name="flags"><see cref="ReadOnly"/>, <see cref="AppendOrCreate"/> or <see cref="ReadWriteNoLink"/>.</param>
    /// <exception cref="NotRegularFileException">A socket, or a pipe to write to that has no reader.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The server may not open the file in this way.</exception>
    /// <exception cref="IOException">Any other error, in the system's words.</exception>
    public static SafeFileHandle OpenWithoutWaiting(string path, int flags)
    {
        while (true)
        {
            int handle = Open(path, flags | NonBlocking | CloseOnExec, NewFileMode);
            if (handle >= 0)
            {
                return new SafeFileHandle(handle, ownsHandle: true);
            }

            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Fault(path, error);
            }
        }
    }

    /// <summary>The type of an open file.</summary>
    public static FileKind KindOf(SafeFileHandle handle)
    {
        bool isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            return KindOf((int)handle.DangerousGetHandle(), "", EmptyPath);
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <summary>The type of the file at a path.</summary>
    public static FileKind KindOf(string path) => KindOf(CurrentFolder, path, 0);

    /// <summary>The type of what a path names, also of a symbolic link.</summary>
    public static FileKind KindOfEntry(string path) => KindOf(CurrentFolder, path, LinkItself);

    /// <summary>Makes reads and writes block again, as .NET expects of a file.</summary>
    /// <param name="handle">The open file.</param>
    /// <param name="flags">The flags it was opened with.</param>
    public static void ClearNonBlocking(SafeFileHandle handle, int flags) => _ = Control(handle, SetStatusFlags, flags);

    /// <summary>A file type in words, with its article.</summary>
    public static string Describe(FileKind kind) => kind switch
    {
        FileKind.Pipe => "a named pipe",
        FileKind.CharacterDevice or FileKind.BlockDevice => "a device",
        FileKind.Directory => "a folder",
        FileKind.Socket => "a socket",
        FileKind.SymbolicLink => "a symbolic link",
        _ => "no regular file",
    };

    private static FileKind KindOf(int folder, string path, int flags)
    {
        byte* told = stackalloc byte[StatxBytes];
        return Statx(folder, path, flags, KindWanted, told) == 0 ? (FileKind)(*(ushort*)(told + ModeOffset) & KindMask) : FileKind.Unknown;
    }

    private static Exception Fault(string path, int error) => error switch
    {
        NoEntry or NotAFolder => new FileNotFoundException($"Could not find file '{path}'.", path),
        AccessDenied or NotPermitted => new UnauthorizedAccessException($"Access to the path '{path}' is denied."),
        NoSuchDevice => new NotRegularFileException(path, Describe(KindOf(path))),
        _ => new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'"),
    };

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, int command, int argument);

    // Unlike the result of fstat, that of statx has the same layout on all processors.
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint wanted, byte* told);
}
