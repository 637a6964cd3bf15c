using System.Runtime.InteropServices;

namespace Ovms.Native;

/// <summary>The C library's heap, on which OpenVINO creates its objects.</summary>
public static partial class NativeHeap
{
    private const int ArenaMax = -8;

    /// <summary>
    /// Returns freed memory to the operating system. The C library keeps it for later allocations of the same thread, or after its end
    /// of the next thread. A server that has loaded its models makes no such allocations. Takes about 1 ms for each 10 MB. Does nothing
    /// where the C library lacks malloc_trim (Windows, musl).
    /// </summary>
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Only glibc has this function.
        }
    }

    /// <summary>
    /// Limits the number of malloc arenas from now on. Each arena reserves 64 MB of address space, and glibc creates up to eight for each
    /// CPU, which matters under a limit of address space. With fewer arenas, threads contend more. Does nothing where the C library has no
    /// arenas.
    /// </summary>
    /// <returns>Whether the limit was set.</returns>
    public static bool ShareArenas(int count)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return SetOption(ArenaMax, count) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
