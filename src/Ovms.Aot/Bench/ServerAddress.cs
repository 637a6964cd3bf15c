using System.Net;
using System.Net.Sockets;
using Ovms.Status;

namespace Ovms.Bench;

/// <summary>The address of a measured server. Connects with the first of a host's addresses that answers.</summary>
internal sealed class ServerAddress
{
    private const string UnixScheme = "unix:";
    private const string Forms = "a running server is given as http://HOST:PORT, grpc://HOST:PORT or unix:PATH";
    private readonly EndPoint? _fixed;
    private readonly Uri? _url;
    private EndPoint? _answering;

    private ServerAddress(string text, ServerFront front, EndPoint? where, Uri? url)
    {
        (Text, Front, _fixed, _url) = (text, front, where, url);
    }

    /// <summary>The address as messages show it.</summary>
    public string Text { get; }

    /// <summary>What the address says that is spoken there; either for a unix domain socket.</summary>
    public ServerFront Front { get; }

    /// <summary>Host and port for the headers of requests.</summary>
    public string Authority => _url?.Authority ?? "localhost";

    /// <summary>A port on loopback.</summary>
    public static ServerAddress Loopback(int port, ServerFront front)
    {
        IPEndPoint where = new(IPAddress.Loopback, port);
        return new ServerAddress($"{(front == ServerFront.Grpc ? "grpc" : "http")}://{where}", front, where, new Uri($"http://{where}"));
    }

    /// <summary>Reads --url. Resolves no name.</summary>
    public static Outcome<ServerAddress> Parse(string text)
    {
        if (text.StartsWith(UnixScheme, StringComparison.OrdinalIgnoreCase))
        {
            return OfSocketFile(text);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Host.Length == 0)
        {
            return Wrong(text, "it has no such form");
        }

        ServerFront? front = url.Scheme switch
        {
            "http" => ServerFront.Rest,
            "grpc" => ServerFront.Grpc,
            _ => null,
        };
        return front is null
            ? Wrong(text, url.Scheme is "https" or "grpcs" ? "TLS is not spoken" : $"{url.Scheme} is not one of the schemes")
            : url.Port <= 0 ? Wrong(text, "it has no port")
            : url.UserInfo.Length > 0 || url.PathAndQuery.Length > 1 || url.Fragment.Length > 0
                ? Wrong(text, "nothing may stand before the host or behind the port")
            : new ServerAddress(text.TrimEnd('/'), front.Value, null, url);
    }

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">Nobody answers there; the message says where, why and what to do.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            SocketException? refusal = null;
            foreach (EndPoint where in _answering is { } known ? [known] : await ResolveAsync(cancellation).ConfigureAwait(false))
            {
                bool isFile = where is UnixDomainSocketEndPoint;
                Socket socket = new(where.AddressFamily, SocketType.Stream, isFile ? ProtocolType.Unspecified : ProtocolType.Tcp);
                try
                {
                    if (!isFile)
                    {
                        socket.NoDelay = true;
                    }

                    await socket.ConnectAsync(where, cancellation).ConfigureAwait(false);
                    _answering = where;
                    return socket;
                }
                catch (Exception failure)
                {
                    socket.Dispose();
                    refusal = failure as SocketException ?? throw new IOException(failure.Message, failure);
                }
            }

            throw refusal ?? new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException refusal)
        {
            // The system calls a missing file an address that is not available.
            string why = refusal.SocketErrorCode == SocketError.AddressNotAvailable && _fixed is UnixDomainSocketEndPoint
                ? "there is no such file"
                : refusal.Message.TrimEnd('.');
            throw new IOException($"No server answers at {Text}: {why}. {Remedy(refusal.SocketErrorCode)}", refusal);
        }
    }

    /// <summary>What a caller throws when its connection breaks.</summary>
    /// <param name="kind">gRPC or REST.</param>
    /// <param name="failure">What the socket says.</param>
    public IOException Broken(string kind, SocketException failure) =>
        new($"A {kind} connection to the server at {Text} broke: {failure.Message.TrimEnd('.')}. Does the server still run?", failure);

    private async Task<EndPoint[]> ResolveAsync(CancellationToken cancellation) =>
        _fixed is not null ? [_fixed]
        : IPAddress.TryParse(_url!.DnsSafeHost, out IPAddress? literal) ? [new IPEndPoint(literal, _url.Port)]
        : [.. (await Dns.GetHostAddressesAsync(_url.DnsSafeHost, cancellation).ConfigureAwait(false))
            .Select(address => new IPEndPoint(address, _url.Port))];

    private string Remedy(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "Give a host that this machine knows, or its address.",
        SocketError.AccessDenied when _fixed is not null => "Connecting takes the right to write to the socket's file.",
        _ when _fixed is UnixDomainSocketEndPoint =>
            "Start the server with --grpc_uds or --rest_uds of this path, or give its path in --url.",
        _ => "Start the server, or give the address where it listens in --url.",
    };

    private static Outcome<ServerAddress> OfSocketFile(string text)
    {
        string path = text[UnixScheme.Length..];
        path = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
        try
        {
            return path.Length == 0 ? Wrong(text, "it has no path")
                : !Socket.OSSupportsUnixDomainSockets ? Wrong(text, "this system has no unix domain sockets")
                : new ServerAddress(text, ServerFront.Either, new UnixDomainSocketEndPoint(Path.GetFullPath(path)), null);
        }
        catch (ArgumentOutOfRangeException)
        {
            return Wrong(text, "its path is longer than the system takes for a socket");
        }
    }

    private static Outcome<ServerAddress> Wrong(string text, string why) =>
        Outcome.Fail(StatusCode.OptionsUsageError, $"url {Shown.Bounded(text)}: {why}; {Forms}");
}
