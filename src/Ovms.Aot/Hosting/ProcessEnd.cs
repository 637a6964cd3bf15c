using System.Runtime.InteropServices;

namespace Ovms.Hosting;

/// <summary>Ends the process at once.</summary>
internal static partial class ProcessEnd
{
    /// <summary>
    /// Ends without the C library's exit handlers, which destroy OpenVINO's static objects. A thread that still compiles or infers would
    /// crash, and the exit code would be that of the crash. So would a device that fails when its objects are destroyed.
    /// </summary>
    public static void WithoutExitHandlers(int code)
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows ends the other threads before it runs exit handlers.
            Environment.Exit(code);
        }

        EndNow(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndNow(int code);
}
