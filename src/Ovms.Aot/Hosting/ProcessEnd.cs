using System.Runtime.InteropServices;

namespace Ovms.Hosting;

/// <summary>Ends the process at once.</summary>
internal static partial class ProcessEnd
{
    // What GetCurrentProcess returns.
    private const nint ThisProcess = -1;

    /// <summary>
    /// Ends without the C library's exit handlers, which destroy OpenVINO's static objects. A thread that still compiles or infers would
    /// crash, and the exit code would be that of the crash. So would a device that fails when its objects are destroyed.
    /// On Windows these handlers could wait for threads that have ended already.
    /// </summary>
    public static void WithoutExitHandlers(int code)
    {
        if (OperatingSystem.IsWindows())
        {
            TerminateProcess(ThisProcess, (uint)code);
        }

        EndNow(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndNow(int code);

    [LibraryImport("kernel32.dll")]
    private static partial int TerminateProcess(nint process, uint code);
}
