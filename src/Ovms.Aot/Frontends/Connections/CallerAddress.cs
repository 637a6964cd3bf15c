using System.Net;
using System.Net.Sockets;

namespace Ovms.Frontends.Connections;

/// <summary>One address that connections come from, with what is counted of it. Owned by <see cref="ConnectionPlaces"/>.</summary>
internal sealed class CallerAddress(IPAddress address)
{
    // The part of an IPv6 address that one caller is given as a whole: the rest it chooses itself.
    private const int NetworkBytes = 8;
    private const int AddressBytes = 16;

    /// <summary>What counts as one.</summary>
    public IPAddress Address { get; } = address;

    /// <summary>Connections that are open; changed under the owner's lock.</summary>
    public int Open { get; set; }

    /// <summary>Resets over all of its connections.</summary>
    public RecentResets Resets { get; } = new();

    /// <summary>Streams of all its connections that were ended, since no message came and others needed the room.</summary>
    public RecentResets Idle { get; } = new();

    /// <summary>What counts as one address: of IPv6 the network of 64 bits, IPv4 within IPv6 as IPv4.</summary>
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
