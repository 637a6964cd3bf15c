using System.Net;
using System.Net.Sockets;
using System.Text;
using Ovms.Bench;

namespace Ovms.Tests.Bench;

/// <summary>The question for a model's metadata, to peers that answer it badly.</summary>
public sealed class RunningServerTests
{
    [Test]
    [Arguments("application/json; charset=none-such", "{}")]
    [Arguments("application/json", """{"inputs":[{"name":"\ud800","datatype":"FP32","shape":[1]}]}""")]
    public async Task UnreadableText_IsAFailureInWords(string type, string body)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        string answer = $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        ServerAddress address = ServerAddress.Loopback(((IPEndPoint)listener.LocalEndpoint).Port, ServerFront.Rest);
        Task<RunningModel> asking = new RunningServer(address, "m").AskAsync(CancellationToken.None);
        using CancellationTokenSource end = new();
        Task serving = ServeAsync(listener.Server, Encoding.ASCII.GetBytes(answer), [], end.Token);
        IOException refused = (await Assert.That(async () => await asking).Throws<IOException>())!;
        await Assert.That(refused.Message).Contains("does not answer as a REST server");
        await end.CancelAsync();
        await serving;
    }

    [Test]
    public async Task SettingsThatComeInParts_AreThoseOfGrpc()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.sock");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        try
        {
            Task<RunningModel> asking = new RunningServer(ServerAddress.Parse($"unix:{path}").Value!, "m").AskAsync(CancellationToken.None);
            using CancellationTokenSource end = new();
            Task serving = ServeAsync(listener, [0, 0], [0, 4, 0, 0, 0, 0, 0], end.Token);
            IOException refused = (await Assert.That(async () => await asking).Throws<IOException>())!;
            await Assert.That(refused.Message).Contains("does not answer as a gRPC server");
            await end.CancelAsync();
            await serving;
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Gives each connection the same answer, in two parts, and closes it.
    private static async Task ServeAsync(Socket listener, byte[] first, byte[] second, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                using Socket server = await listener.AcceptAsync(end);
                if (await server.ReceiveAsync(new byte[4096], end) == 0)
                    continue;
                await server.SendAsync(first, end);
                await Task.Delay(TimeSpan.FromMilliseconds(50), end);
                await server.SendAsync(second, end);
            }
            catch (Exception over) when (over is SocketException or OperationCanceledException)
            {
                // The one who asks may have gone.
            }
        }
    }
}
