using System.Runtime.InteropServices;

namespace Ovms.Native;

/// <summary>The C library's heap, in which the engine makes its objects.</summary>
public static partial class NativeHeap
{
    /// <summary>
    /// Gives the system back what was freed. The C library keeps what a compilation leaves for the next one of the same thread, and a
    /// thread that ends leaves it for whichever comes next; a server that has loaded its models waits for that in vain. Takes about a
    /// millisecond for each 10 MB. Nothing happens where the C library cannot do it (Windows, musl).
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
            // Only glibc has it.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
