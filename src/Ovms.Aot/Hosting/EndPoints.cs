using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>Resolves bind addresses, including host names, to end points.</summary>
internal static class EndPoints
{
    /// <summary>
    /// All addresses with one port, except those that a wildcard among them covers. Empty for port 0, which disables the front end.
    /// </summary>
    /// <returns>The end points, or the name that this machine cannot resolve.</returns>
    public static Outcome<ImmutableArray<IPEndPoint>> Of(BindAddresses addresses, uint port)
    {
        if (port == 0)
        {
            return ImmutableArray<IPEndPoint>.Empty;
        }

        List<IPAddress> found = [];
        foreach (string host in addresses.Hosts)
        {
            try
            {
                found.AddRange(IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : Dns.GetHostAddresses(host));
            }
            catch (SocketException unknown)
            {
                return Outcome.Fail(
                    StatusCode.OptionsUsageError,
                    $"The bind address {host} is not known to this machine ({unknown.Message}): "
                        + "give one of its own addresses, or 0.0.0.0 for all.");
            }
        }

        return Uncovered(found, Socket.OSSupportsIPv6).Select(address => new IPEndPoint(address, (int)port)).ToImmutableArray();
    }

    /// <summary>
    /// The addresses to bind so that all requested ones are served. A second socket on an address that a wildcard covers would fail with
    /// "address in use". <c>::</c> is bound for both families. Without IPv6, <c>::</c> together with 0.0.0.0 binds 0.0.0.0 alone.
    /// </summary>
    internal static IEnumerable<IPAddress> Uncovered(IEnumerable<IPAddress> asked, bool hasIPv6)
    {
        IPAddress[] addresses = [.. asked.Select(static address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).Distinct()];
        if (!addresses.Contains(IPAddress.Any))
        {
            return addresses.Contains(IPAddress.IPv6Any) ? [IPAddress.IPv6Any] : addresses;
        }

        return addresses.Contains(IPAddress.IPv6Any)
            ? [hasIPv6 ? IPAddress.IPv6Any : IPAddress.Any]
            : addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetworkV6 || address.Equals(IPAddress.Any));
    }
}
