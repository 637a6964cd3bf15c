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
    private const int LongestError = 2048;
    private readonly ServerAddress _server;
    private readonly Socket _socket;
    private readonly byte[] _request;
    private byte[] _received = new byte[64 << 10];

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
        ServerAddress server, string model, byte[] body, int? jsonLength, CancellationToken cancellation = default) =>
        new(server, await server.ConnectAsync(cancellation).ConfigureAwait(false), Request(server, model, body, jsonLength));

    /// <inheritdoc/>
    public override async ValueTask CallAsync()
    {
        for (int sent = 0; sent < _request.Length;)
        {
            sent += await _socket.SendAsync(_request.AsMemory(sent)).ConfigureAwait(false);
        }

        int end = 0;
        int bodyAt = 0;
        int length = 0;
        while (bodyAt == 0 || end < bodyAt + length)
        {
            if (end == _received.Length)
            {
                Array.Resize(ref _received, _received.Length * 2);
            }

            int read = await _socket.ReceiveAsync(_received.AsMemory(end)).ConfigureAwait(false);
            end += read > 0
                ? read
                : throw new IOException($"The server at {_server.Text} closed a REST connection in the middle of a call.");
            if (bodyAt == 0 && _received.AsSpan(0, end).IndexOf("\r\n\r\n"u8) is > 0 and int headEnd)
            {
                bodyAt = headEnd + 4;
                length = ContentLength(_received.AsSpan(0, headEnd));
            }
        }

        if (!_received.AsSpan().StartsWith("HTTP/1.1 200"u8))
        {
            string answer = Encoding.UTF8.GetString(_received, 0, Math.Min(end, LongestError));
            string text = answer[Math.Min(bodyAt, answer.Length)..].Trim();
            throw new IOException(
                $"The server at {_server.Text} answers the measured REST call with an error ({answer.Split('\r')[0]}): "
                    + (text.Length > 0 ? text : "it sends no text."));
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _socket.Dispose();

    private static byte[] Request(ServerAddress server, string model, byte[] body, int? jsonLength)
    {
        string binary = jsonLength is null ? "" : $"Inference-Header-Content-Length: {jsonLength}\r\n";
        string head = $"POST /v2/models/{Uri.EscapeDataString(model)}/infer HTTP/1.1\r\nHost: {server.Authority}\r\n{binary}"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        string text = Encoding.ASCII.GetString(head);
        const string Name = "content-length:";
        int at = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            throw new IOException(
                $"A REST answer has no Content-Length, which this measurement needs; measure over gRPC. Its head: {text}");
        }

        int end = text.IndexOf('\r', at);
        return int.Parse(text.AsSpan(at + Name.Length, (end < 0 ? text.Length : end) - at - Name.Length), CultureInfo.InvariantCulture);
    }
}
