using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ovms.Hosting;

/// <summary>What the system has taken from a connection and its other end has not yet confirmed.</summary>
internal static partial class SendQueue
{
    private const uint SiocOutQ = 0x5411;

    /// <summary>
    /// Whether nothing is left. A connection that is closed earlier loses it where the other end still sends, as HTTP/2 clients do to
    /// steer the flow: what comes to a closed connection is answered with a reset.
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

    // Variadic in C; on Linux the third argument lies where a named one would.
    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, out int value);
}
