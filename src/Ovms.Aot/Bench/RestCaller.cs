using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ovms.Bench;

/// <summary>
/// Sends POST …/infer over one persistent connection, as bytes on the socket: the work of an HTTP client would be
/// measured with the server's.
/// </summary>
internal sealed class RestCaller : BenchCaller
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private byte[] _received = new byte[64 << 10];

    /// <summary>Connects.</summary>
    /// <param name="port">The server's port on loopback.</param>
    /// <param name="request">The whole request: see <see cref="Request"/>.</param>
    public RestCaller(int port, byte[] request)
    {
        _request = request;
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>Builds the request's head and body.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="body">The body.</param>
    /// <param name="jsonLength">Bytes of JSON before the binary part; null for JSON alone.</param>
    public static byte[] Request(string model, byte[] body, int? jsonLength)
    {
        string binary = jsonLength is null ? "" : $"Inference-Header-Content-Length: {jsonLength}\r\n";
        string head = $"POST /v2/models/{model}/infer HTTP/1.1\r\nHost: 127.0.0.1\r\n{binary}"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

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
            end += read > 0 ? read : throw new IOException("The server closed a REST connection in the middle of the measurement.");
            if (bodyAt == 0 && _received.AsSpan(0, end).IndexOf("\r\n\r\n"u8) is > 0 and int headEnd)
            {
                bodyAt = headEnd + 4;
                length = ContentLength(_received.AsSpan(0, headEnd));
            }
        }

        if (!_received.AsSpan().StartsWith("HTTP/1.1 200"u8))
        {
            throw new IOException(
                $"The server refuses the measured REST call: {Encoding.UTF8.GetString(_received, 0, Math.Min(end, 1024))}");
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _socket.Dispose();

    // This server's answers always have a Content-Length.
    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        string text = Encoding.ASCII.GetString(head);
        const string Name = "content-length:";
        int at = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            throw new IOException($"A REST answer has no Content-Length: {text}");
        }

        int end = text.IndexOf('\r', at);
        return int.Parse(text.AsSpan(at + Name.Length, (end < 0 ? text.Length : end) - at - Name.Length), CultureInfo.InvariantCulture);
    }
}
