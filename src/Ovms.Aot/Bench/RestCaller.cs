using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Ovms.Bench;

/// <summary>
/// Sends POST …/infer over one persistent connection, as bytes on the socket: the work of an HTTP client would be
/// measured with the server's.
/// </summary>
internal sealed class RestCaller : BenchCaller
{
    private const int LargestHead = 64 << 10;
    private const int LargestBody = 1 << 30;

    // A character has up to four bytes.
    private const int MostShown = (ServerText.Longest + 1) * 4;
    private readonly ServerAddress _server;
    private readonly Socket _socket;
    private readonly byte[] _request;
    private byte[] _received = new byte[LargestHead];

    private RestCaller(ServerAddress server, Socket socket, byte[] request)
    {
        _server = server;
        _socket = socket;
        _request = request;
    }

    /// <summary>Connects.</summary>
    /// <param name="server">The server.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="body">The body of the request.</param>
    /// <param name="jsonLength">Bytes of JSON before the binary part; null for JSON alone.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="IOException">Nobody answers there.</exception>
    public static async Task<RestCaller> ConnectAsync(
        ServerAddress server, string model, byte[] body, int? jsonLength, CancellationToken cancellation = default)
    {
        byte[] request = Request(server, model, body, jsonLength);
        return new RestCaller(server, await server.ConnectAsync(cancellation).ConfigureAwait(false), request);
    }

    /// <inheritdoc/>
    public override async ValueTask CallAsync()
    {
        int bodyAt;
        int end;
        try
        {
            for (int sent = 0; sent < _request.Length;)
            {
                sent += await _socket.SendAsync(_request.AsMemory(sent)).ConfigureAwait(false);
            }

            (bodyAt, end) = await ReceiveAsync().ConfigureAwait(false);
        }
        catch (SocketException failure)
        {
            throw _server.Broken("REST", failure);
        }

        if (!_received.AsSpan().StartsWith("HTTP/1.1 200"u8))
        {
            string status = Start(_received.AsSpan(0, bodyAt)).Split('\r')[0];
            throw new IOException(
                $"The server at {_server.Text} answers the measured REST call with an error ({ServerText.Of(status)}): "
                    + ServerText.Of(Start(_received.AsSpan(bodyAt..end))));
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _socket.Dispose();

    private async ValueTask<(int BodyAt, int End)> ReceiveAsync()
    {
        int end = 0;
        int bodyAt = 0;
        int length = 0;
        while (bodyAt == 0 || end < bodyAt + length)
        {
            if (end == _received.Length)
            {
                Array.Resize(ref _received, (int)Math.Min(_received.Length * 2L, bodyAt + length));
            }

            int read = await _socket.ReceiveAsync(_received.AsMemory(end)).ConfigureAwait(false);
            end += read > 0
                ? read
                : throw new IOException($"The server at {_server.Text} closed a REST connection in the middle of a call.");
            if (bodyAt == 0)
            {
                (bodyAt, length) = ReadHead(_received.AsSpan(0, Math.Min(end, LargestHead)));
            }
        }

        return (bodyAt, end);
    }

    // Nothing while the head has no end yet.
    private (int BodyAt, int Length) ReadHead(ReadOnlySpan<byte> received)
    {
        int headEnd = received.IndexOf("\r\n\r\n"u8);
        return headEnd >= 0 ? (headEnd + 4, ContentLength(received[..headEnd]))
            : received.Length < LargestHead ? default
            : throw new IOException(
                $"What listens at {_server.Text} does not speak HTTP/1.1: the head of an answer is longer than "
                    + $"{LargestHead >> 10} KiB.");
    }

    private static byte[] Request(ServerAddress server, string model, byte[] body, int? jsonLength)
    {
        string binary = jsonLength is null ? "" : $"Inference-Header-Content-Length: {jsonLength}\r\n";
        string head = $"POST /v2/models/{Uri.EscapeDataString(model)}/infer HTTP/1.1\r\nHost: {server.Authority}\r\n{binary}"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    private int ContentLength(ReadOnlySpan<byte> head)
    {
        string text = Encoding.ASCII.GetString(head);
        const string Name = "\r\ncontent-length:";
        int at = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            throw new IOException(
                $"A REST answer of the server at {_server.Text} has no Content-Length, which this measurement needs; measure over gRPC. "
                    + $"Its head: {ServerText.Of(text)}");
        }

        int start = at + Name.Length;
        int end = text.IndexOf('\r', start);
        ReadOnlySpan<char> value = text.AsSpan(start..(end < 0 ? text.Length : end)).Trim();
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= LargestBody
            ? length
            : throw new IOException(
                $"A REST answer of the server at {_server.Text} has the Content-Length {ServerText.Of($"'{value}'")}; "
                    + $"expected is a number of bytes up to {LargestBody}.");
    }

    private static string Start(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, MostShown)]);
}
