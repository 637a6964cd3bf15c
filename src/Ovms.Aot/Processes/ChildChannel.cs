using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Ovms.Processes;

/// <summary>
/// The child's end of a channel, for a child that is this program itself. Does the duties of <see cref="ChildProcess"/>, on Linux.
/// </summary>
[SupportedOSPlatform("linux")]
internal static partial class ChildChannel
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int DuplicateWithCloseOnExec = 1030;
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Kill = 9;
    private const int SignalAtParentsDeath = 1;
    private const nint Ignore = 1;

    /// <summary>
    /// Takes the channel. Must run before any other thread, and before any code that may print: afterwards standard output leads to
    /// standard error, and standard input is empty.
    /// </summary>
    /// <returns>The requests and the answers.</returns>
    /// <exception cref="IOException">A descriptor cannot be moved.</exception>
    public static (Stream Requests, Stream Answers) Take()
    {
        SetProcess(SignalAtParentsDeath, Kill, 0, 0, 0);
        SetGroup(0, 0);
        SetSignal(Interrupt, Ignore);
        SetSignal(Terminate, Ignore);
        CloseInherited();
        Stream requests = new FileStream(Move(StandardInput), FileAccess.Read, bufferSize: 0);
        Stream answers = new FileStream(Move(StandardOutput), FileAccess.Write, bufferSize: 0);
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (Replace((int)nothing.DangerousGetHandle(), StandardInput) < 0 || Replace(StandardError, StandardOutput) < 0)
        {
            throw new IOException($"standard streams cannot be replaced: error {Marshal.GetLastPInvokeError()}");
        }

        return (requests, answers);
    }

    /// <summary>Ends this process at once, whatever its threads do.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void End(int code);

    private static SafeFileHandle Move(int descriptor)
    {
        int moved = Control(descriptor, DuplicateWithCloseOnExec, StandardError + 1);
        return moved >= 0
            ? new SafeFileHandle(moved, ownsHandle: true)
            : throw new IOException($"the descriptor {descriptor} cannot be moved: error {Marshal.GetLastPInvokeError()}");
    }

    // What was opened for this process alone closes on exec; so what does not was inherited, for example a file of the engine's.
    private static void CloseInherited()
    {
        foreach (string entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), out int descriptor) && descriptor > StandardError
                && Control(descriptor, GetFlags, 0) is >= 0 and var flags && (flags & CloseOnExec) == 0)
            {
                Close(descriptor);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Replace(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetProcess(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "setpgid")]
    private static partial int SetGroup(int process, int group);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);
}
