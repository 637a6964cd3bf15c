using System.Runtime.InteropServices;

namespace Ovms.Native;

/// <summary>The C library's heap, in which the engine makes its objects.</summary>
public static partial class NativeHeap
{
    private const int ArenaMax = -8;

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

    /// <summary>
    /// Lets all threads share a few arenas from now on. Each arena reserves 64 MB of address space, and the C library makes up to eight for
    /// each CPU: it is what is short under a limit on address space. Threads then wait for each other more often. Nothing happens where
    /// the C library has no arenas.
    /// </summary>
    /// <returns>Whether it can be done here.</returns>
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
