using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ovms.Hosting;

/// <summary>The bytes that the kernel has accepted for a connection and the peer has not yet acknowledged.</summary>
internal static partial class SendQueue
{
    private const uint SiocOutQ = 0x5411;

    /// <summary>
    /// Whether the send queue is empty. Closing earlier can lose its data: HTTP/2 clients still send flow-control frames, and a closed
    /// connection answers those with a reset.
    /// </summary>
    public static bool IsEmpty(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux())
        {
            return true;
        }

        bool held = false;
        SafeSocketHandle handle = socket.SafeHandle;
        try
        {
            handle.DangerousAddRef(ref held);
            return Control((int)handle.DangerousGetHandle(), SiocOutQ, out int bytes) != 0 || bytes == 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    // Variadic in C; on Linux the third argument is passed like a fixed one.
    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, out int value);
}
