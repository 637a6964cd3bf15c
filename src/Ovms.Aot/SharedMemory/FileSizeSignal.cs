using System.Runtime.InteropServices;

namespace Ovms.SharedMemory;

/// <summary>
/// Keeps SIGXFSZ from ending the process: a write behind its limit on the size of files (ulimit -f) then only fails, as any other.
/// </summary>
internal static class FileSizeSignal
{
    // SIGXFSZ on x64 and arm64.
    private const int Number = 25;

    private static PosixSignalRegistration? s_ignored;

    /// <summary>Ignores the signal from now on.</summary>
    public static void Ignore()
    {
        if (OperatingSystem.IsLinux())
        {
            s_ignored ??= PosixSignalRegistration.Create((PosixSignal)Number, static context => context.Cancel = true);
        }
    }
}
