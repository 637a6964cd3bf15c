using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>Turns bind addresses into end points; host names are looked up.</summary>
internal static class EndPoints
{
    /// <summary>All addresses with one port; none for port 0, which means that the front end is off.</summary>
    /// <returns>The end points, or which name is not known to this machine.</returns>
    public static Outcome<ImmutableArray<IPEndPoint>> Of(BindAddresses addresses, uint port)
    {
        if (port == 0)
        {
            return ImmutableArray<IPEndPoint>.Empty;
        }

        List<IPEndPoint> found = [];
        foreach (string host in addresses.Hosts)
        {
            try
            {
                IPAddress[] ours = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : Dns.GetHostAddresses(host);
                found.AddRange(ours.Select(address => new IPEndPoint(address, (int)port)));
            }
            catch (SocketException unknown)
            {
                return Outcome.Fail(StatusCode.OptionsUsageError, $"The bind address {host} is not known to this machine ({unknown.Message}): give one of its own addresses, or 0.0.0.0 for all.");
            }
        }

        return found.Distinct().ToImmutableArray();
    }
}
