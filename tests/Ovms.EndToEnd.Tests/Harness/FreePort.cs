using System.Net;
using System.Net.Sockets;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Ports that nobody listens on.</summary>
internal static class FreePort
{
    // Below the ports that systems give to outgoing connections: one of those could take the port before the server listens on it.
    private const int First = 12_000;
    private const int Last = 32_000;

    private static readonly Lock s_gate = new();
    private static readonly HashSet<int> s_given = [];

    /// <summary>A port that is free now and was not given to another test of this run.</summary>
    public static int Next()
    {
        lock (s_gate)
        {
            while (true)
            {
                // By chance, so that two runs at the same time hardly meet.
                int port = Random.Shared.Next(First, Last);
                if (IsFree(port) && s_given.Add(port))
                {
                    return port;
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        using TcpListener listener = new(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
