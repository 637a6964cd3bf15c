using System.Runtime.InteropServices;

namespace Ovms.Hosting;

/// <summary>Ends the process at once.</summary>
internal static partial class ProcessEnd
{
    /// <summary>
    /// Ends without the C library's farewell, which takes the engine's static objects apart: a thread that still compiles or infers
    /// with them would crash, and the exit code would be the crash's.
    /// </summary>
    public static void WithoutFarewell(int code)
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows ends the other threads first.
            Environment.Exit(code);
        }

        EndNow(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndNow(int code);
}
