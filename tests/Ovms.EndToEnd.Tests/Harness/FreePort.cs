using System.Net;
using System.Net.Sockets;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Ports that nobody listens on.</summary>
internal static class FreePort
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<int> s_given = [];

    /// <summary>A port that is free now and was not given to another test of this run.</summary>
    public static int Next()
    {
        lock (s_gate)
        {
            while (true)
            {
                using TcpListener listener = new(IPAddress.Loopback, 0);
                listener.Start();
                int port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (s_given.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
