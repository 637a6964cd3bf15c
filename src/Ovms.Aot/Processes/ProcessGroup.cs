using System.Runtime.InteropServices;

namespace Ovms.Processes;

/// <summary>The processes that a child has started and left behind. On Linux they are in the group that the child leads.</summary>
internal static partial class ProcessGroup
{
    private const int KillSignal = 9;

    /// <summary>Ends the processes of a group whose leader has ended. Those that have left the group go on.</summary>
    /// <param name="leader">The leader's process id. It is given to no other process as long as the group has a member.</param>
    public static void Kill(int leader)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Kill(-leader, KillSignal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
