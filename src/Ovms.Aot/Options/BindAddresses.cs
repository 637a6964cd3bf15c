using System.Net;
using System.Net.Sockets;

namespace Ovms.Options;

/// <summary>The addresses a listener binds to: IPv4 or IPv6 literals or host names, separated by commas.</summary>
internal sealed class BindAddresses
{
    private const int LongestHost = 255;
    private const int LongestLabel = 63;

    private BindAddresses(string[] hosts) => Hosts = hosts;

    /// <summary>The addresses as given: IP literals without brackets, or host names.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>Parses a text that is known to be valid.</summary>
    public static BindAddresses Of(string text) =>
        TryParse(text, out BindAddresses addresses, out string? why) ? addresses : throw new ArgumentException(why, nameof(text));

    /// <summary>Parses a list of addresses; <paramref name="addresses"/> is set only on success.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BindAddresses addresses, out string? why)
    {
        string[] hosts = text.ToString().Split(',');
        why = hosts.Select(WhyRefused).FirstOrDefault(static w => w is not null);
        addresses = why is null ? new BindAddresses(hosts) : null!;
        return why is null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', Hosts);

    private static string? WhyRefused(string host)
    {
        if (host.Length == 0)
        {
            return "an address is empty";
        }

        if (host.Length > LongestHost)
        {
            return $"an address is longer than {LongestHost} characters";
        }

        // The original accepts 300.1.1.1.1 as a host name. Here a text that looks like an address must be one.
        bool looksLikeAddress = host.Contains(':') || host.All(static c => char.IsAsciiHexDigit(c) || c == '.');
        if (looksLikeAddress)
        {
            return IsIPv4(host) || IsIPv6(host) ? null : $"'{host}' is not an IPv4 or IPv6 address";
        }

        return host.Split('.').All(IsLabel) ? null : $"'{host}' is not a host name";
    }

    // Four decimal numbers: IPAddress alone would also accept 1, 1.2 and 0x7f.1.
    private static bool IsIPv4(string host)
    {
        string[] parts = host.Split('.');
        return parts.Length == 4
            && parts.All(static p => p.Length is >= 1 and <= 3 && p.All(char.IsAsciiDigit) && int.Parse(p) <= byte.MaxValue);
    }

    // No brackets: IPAddress would accept them, even with a port.
    private static bool IsIPv6(string host) =>
        !host.Contains('[') && IPAddress.TryParse(host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= LongestLabel
        && label.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && label[0] != '-' && label[^1] != '-';
}
