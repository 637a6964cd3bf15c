using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Net;
using System.Text;
using Ovms.Bench.Measuring;

namespace Ovms.Bench.Language;

/// <summary>
/// Asks for completions as streams over one persistent connection, as bytes on the socket: the work of an HTTP client would be measured
/// with the server's.
/// </summary>
internal sealed class StreamCaller : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly string _fields;
    private readonly TextPrompts _prompts;
    private byte[] _received = new byte[64 << 10];

    /// <summary>Connects.</summary>
    /// <param name="port">The server's REST port on loopback.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="tokens">Tokens of an answer.</param>
    /// <param name="sampling">Fields of the request that say how tokens are chosen, as JSON without braces.</param>
    public StreamCaller(int port, string model, TextPrompts prompts, int tokens, string sampling)
    {
        _prompts = prompts;
        _fields = $"\"model\":\"{model}\",\"stream\":true,\"ignore_eos\":true,\"max_tokens\":{Text(tokens)},{sampling}";
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>Sends one request and reads its answer to the end.</summary>
    /// <param name="first">Receives the time to the first token.</param>
    /// <param name="between">Receives the times between tokens.</param>
    /// <exception cref="IOException">There was no answer, or it was an error.</exception>
    public async Task CallAsync(LatencyHistogram first, LatencyHistogram between)
    {
        byte[] request = Request(_prompts.Next());
        long last = Stopwatch.GetTimestamp();
        for (int sent = 0; sent < request.Length;)
        {
            sent += await _socket.SendAsync(request.AsMemory(sent)).ConfigureAwait(false);
        }

        EventScan scan = default;
        int end = 0;
        while (!scan.HasEnded)
        {
            if (end == _received.Length)
            {
                Array.Resize(ref _received, _received.Length * 2);
            }

            int read = await _socket.ReceiveAsync(_received.AsMemory(end)).ConfigureAwait(false);
            end += read > 0 ? read : throw new IOException("The server closed a stream in the middle of the measurement.");
            int news = scan.Read(_received.AsSpan(0, end));
            for (int i = 0; i < news; i++)
            {
                long now = Stopwatch.GetTimestamp();
                (scan.Events - news + i == 0 ? first : between).Add(i == 0 ? Stopwatch.GetElapsedTime(last, now) : TimeSpan.Zero);
                last = now;
            }
        }

        if (!scan.IsWhole)
        {
            throw new IOException(
                $"The server refuses the measured stream: {Encoding.UTF8.GetString(_received, 0, Math.Min(end, 1024))}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private byte[] Request(int[] prompt)
    {
        string body = $"{{{_fields},\"prompt\":[{string.Join(',', prompt.Select(Text))}]}}";
        return Encoding.ASCII.GetBytes(
            "POST /v3/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {Text(body.Length)}\r\n\r\n{body}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
