using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Ovms.Benchmarks.Callers;

/// <summary>
/// POST …/infer over one kept connection, written and read as bytes: an HTTP client's own work would be timed with the server's
/// otherwise.
/// </summary>
internal sealed class HttpCaller : Caller
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private byte[] _received = new byte[64 << 10];
    private int _bodyAt;
    private int _end;

    public HttpCaller(string name, int port, byte[] request)
        : base(name)
    {
        _request = request;
        _socket.Connect(IPAddress.Loopback, port);
    }

    private ReadOnlySpan<byte> Body => _received.AsSpan(_bodyAt.._end);

    /// <summary>The whole request.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="body">The body.</param>
    /// <param name="jsonLength">Bytes of JSON before the binary part; null for JSON alone.</param>
    public static byte[] Request(string path, byte[] body, int? jsonLength)
    {
        string binary = jsonLength is null ? "" : $"Inference-Header-Content-Length: {jsonLength}\r\n";
        return [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{binary}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
    }

    public override async ValueTask CallAsync()
    {
        for (int sent = 0; sent < _request.Length;)
            sent += await _socket.SendAsync(_request.AsMemory(sent)).ConfigureAwait(false);
        _bodyAt = _end = 0;
        int length = -1;
        while (_bodyAt == 0 || _end < _bodyAt + length)
        {
            if (_end == _received.Length)
                Array.Resize(ref _received, _received.Length * 2);
            int read = await _socket.ReceiveAsync(_received.AsMemory(_end)).ConfigureAwait(false);
            if (read == 0)
                throw new IOException($"{Name}: the server closed the connection.");
            _end += read;
            if (_bodyAt == 0 && _received.AsSpan(0, _end).IndexOf("\r\n\r\n"u8) is > 0 and int headEnd)
            {
                _bodyAt = headEnd + 4;
                length = ContentLength(_received.AsSpan(0, headEnd));
            }
        }

        if (!_received.AsSpan().StartsWith("HTTP/1.1 200"u8))
            throw new IOException($"{Name}: {Encoding.UTF8.GetString(_received, 0, _end)}");
    }

    public override bool Answered(ReadOnlySpan<byte> output) => Body.EndsWith(output) || JsonAnswered(output);

    public override void Dispose() => _socket.Dispose();

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        string text = Encoding.ASCII.GetString(head);
        const string Name = "content-length:";
        int at = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            throw new IOException($"The answer has no length that this client could read: {text}");
        int end = text.IndexOf('\r', at);
        return int.Parse(text.AsSpan(at + Name.Length, (end < 0 ? text.Length : end) - at - Name.Length), CultureInfo.InvariantCulture);
    }

    private bool JsonAnswered(ReadOnlySpan<byte> output)
    {
        using JsonDocument answer = JsonDocument.Parse(Body.ToArray());
        float[] values = [.. answer.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(static value => value.GetSingle())];
        return System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).SequenceEqual(output);
    }
}
