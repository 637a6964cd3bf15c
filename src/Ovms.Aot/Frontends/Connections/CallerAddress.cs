using System.Net;
using System.Net.Sockets;

namespace Ovms.Frontends.Connections;

/// <summary>The counters of one remote address. Owned by <see cref="ConnectionPlaces"/>.</summary>
internal sealed class CallerAddress(IPAddress address)
{
    // The network prefix of an IPv6 address: a caller chooses the rest itself.
    private const int NetworkBytes = 8;
    private const int AddressBytes = 16;

    /// <summary>The address, as <see cref="KeyOf"/> returns it.</summary>
    public IPAddress Address { get; } = address;

    /// <summary>Open connections; changed under the owner's lock.</summary>
    public int Open { get; set; }

    /// <summary>Stream resets of all its connections.</summary>
    public RecentResets Resets { get; } = new();

    /// <summary>Streams of all its connections that the server ended because no message came and others needed the room.</summary>
    public RecentResets Idle { get; } = new();

    /// <summary>The key of an address: the 64-bit network of an IPv6 address; IPv4 mapped into IPv6 as IPv4.</summary>
    public static IPAddress KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[AddressBytes];
        address.TryWriteBytes(bytes, out _);
        bytes[NetworkBytes..].Clear();
        return new IPAddress(bytes);
    }
}
