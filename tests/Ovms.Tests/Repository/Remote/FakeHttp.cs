using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ovms.Tests.Repository.Remote;

/// <summary>A request as it came: everything that tells the store's answer.</summary>
internal sealed record FakeRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>An answer, and in which way it is a bad one.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The bytes that come.</param>
/// <param name="Announced">The length that is announced, where it is a lie.</param>
/// <param name="Hangs">After the bytes nothing more comes, and the connection stays.</param>
internal sealed record FakeAnswer(int Status, byte[] Body, long? Announced = null, bool Hangs = false)
{
    public List<(string Name, string Value)> Headers { get; init; } = [];

    public FakeAnswer With(string name, string value)
    {
        Headers.Add((name, value));
        return this;
    }

    public static FakeAnswer Text(int status, string text, string type = "application/xml") => new(status, Encoding.UTF8.GetBytes(text)) { Headers = { ("Content-Type", type) } };
}

/// <summary>An HTTP server on loopback that does exactly what it is told: one request a connection, and it can lie, cut and hang.</summary>
internal sealed class FakeHttp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<FakeRequest, FakeAnswer> _answer;
    private readonly Task _accepting;

    public FakeHttp(Func<FakeRequest, FakeAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient end = client;
        try
        {
            NetworkStream stream = client.GetStream();
            FakeRequest request = await ReadAsync(stream);
            FakeAnswer answer = _answer(request);
            StringBuilder head = new();
            head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} Said\r\nConnection: close\r\nContent-Length: {answer.Announced ?? answer.Body.Length}\r\n");
            foreach ((string name, string value) in answer.Headers)
            {
                head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            }

            // One that hangs from the very start sends nothing at all.
            if (!(answer.Hangs && answer.Body.Length == 0))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _end.Token);
                await stream.WriteAsync(answer.Body, _end.Token);
            }

            if (answer.Hangs)
            {
                await Task.Delay(Timeout.Infinite, _end.Token);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or SocketException)
        {
            // The other side went away.
        }
    }

    private async Task<FakeRequest> ReadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !(head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n'))
        {
            await stream.ReadExactlyAsync(one, _end.Token);
            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines[1..])
        {
            headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
        }

        byte[] body = new byte[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _end.Token);
        string[] words = lines[0].Split(' ');
        Uri uri = new("http://x" + words[1]);
        Dictionary<string, string> query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair.Length == 1 ? "" : Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
        return new FakeRequest(words[0], Uri.UnescapeDataString(uri.AbsolutePath), query, headers, Encoding.UTF8.GetString(body));
    }
}
