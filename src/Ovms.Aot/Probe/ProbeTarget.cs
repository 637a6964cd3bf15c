using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Ovms.Hosting;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Probe;

/// <summary>Where a server is asked, and over which of its fronts.</summary>
/// <param name="Where">The address on this machine.</param>
/// <param name="IsGrpc">Whether gRPC is spoken there; REST otherwise.</param>
internal sealed record ProbeTarget(EndPoint Where, bool IsGrpc)
{
    /// <summary>Whether it is a unix domain socket.</summary>
    public bool IsSocketFile => Where is UnixDomainSocketEndPoint;

    /// <summary>
    /// One address of those that the server listens on: both fronts tell the same. A port comes before a socket file, which needs the
    /// right to write to it, and REST before gRPC, whose service for this is made at the first call.
    /// </summary>
    /// <param name="server">Options of the server; at least one address is among them.</param>
    /// <returns>The address, or why it can be none. Blocks where a bind address is a host name.</returns>
    public static Outcome<ProbeTarget> Of(ServerOptions server) =>
        server.RestPort != 0 ? OfPort(server.RestBindAddress, server.RestPort, isGrpc: false)
        : server.Port != 0 ? OfPort(server.GrpcBindAddress, server.Port, isGrpc: true)
        : server.RestUds.Length > 0 ? OfSocket(server.RestUds, isGrpc: false)
        : OfSocket(server.GrpcUds, isGrpc: true);

    /// <inheritdoc/>
    public override string ToString() => IsSocketFile ? $"unix:{Where}" : $"{Where}";

    private static Outcome<ProbeTarget> OfPort(BindAddresses addresses, uint port, bool isGrpc)
    {
        Outcome<ImmutableArray<IPEndPoint>> found = EndPoints.Of(addresses, port);
        if (!found.IsOk)
        {
            return found.WithoutValue;
        }

        // A wildcard is bound, but nobody can be called at it; :: takes IPv4 too.
        IPEndPoint first = found.Value[0];
        bool isWildcard = first.Address.Equals(IPAddress.Any) || first.Address.Equals(IPAddress.IPv6Any);
        return new ProbeTarget(isWildcard ? new IPEndPoint(IPAddress.Loopback, first.Port) : first, isGrpc);
    }

    private static Outcome<ProbeTarget> OfSocket(string given, bool isGrpc)
    {
        if (!Socket.OSSupportsUnixDomainSockets)
        {
            return Outcome.Fail(
                StatusCode.OptionsUsageError, $"{given} cannot be asked at: this system has no unix domain sockets. Give a port.");
        }

        Outcome<string> path = SocketFile.PathOf(given, StatusCode.OptionsUsageError);
        return path.IsOk ? new ProbeTarget(new UnixDomainSocketEndPoint(path.Value!), isGrpc) : path.WithoutValue;
    }
}
