using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Bytes to a port and bytes back.</summary>
internal static class RawHttp
{
    /// <summary>Connects.</summary>
    public static async Task<Socket> ConnectAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>Sends bytes and reads until the server closes.</summary>
    public static async Task<string> ExchangeAsync(int port, byte[] bytes)
    {
        using Socket socket = await ConnectAsync(port);
        await SendAsync(socket, bytes);
        return await ReadToEndAsync(socket);
    }

    /// <summary>Sends bytes; a server that closed before it read them all is no failure here.</summary>
    public static async Task SendAsync(Socket socket, byte[] bytes)
    {
        try
        {
            await socket.SendAsync(bytes);
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>Reads until the server closes, in order or not; what came.</summary>
    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        byte[] buffer = new byte[64 << 10];
        StringBuilder answer = new();
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and int read)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
        }

        return answer.ToString();
    }

    /// <summary>A request line, headers and a body.</summary>
    public static byte[] Request(string line, string headers, byte[] body) =>
        [.. Encoding.Latin1.GetBytes($"{line} HTTP/1.1\r\nHost: ovms\r\n{headers}\r\n"), .. body];

    /// <summary>The status of the first answer; 0 for none.</summary>
    public static int Status(string answer) => answer.StartsWith("HTTP/1.", StringComparison.Ordinal) && int.TryParse(answer.AsSpan(9, 3), out int status) ? status : 0;

    /// <summary>What follows the first answer's headers.</summary>
    public static string Body(string answer) => answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and int end ? answer[(end + 4)..] : "";
}
