using System.Net;
using System.Net.Sockets;
using System.Text;
using Ovms.Bench;

namespace Ovms.Tests.Bench;

/// <summary>The load tool's own HTTP/1.1 against answers of any form.</summary>
public sealed class RestCallerTests
{
    [Test]
    [Arguments("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [Arguments("HTTP/1.1 200 OK\r\nX-Content-Length: many\r\ncontent-length:2 \r\n\r\n{}")]
    public async Task Answer_IsRead(string answer) => await Assert.That(await FailureAsync(answer)).IsNull();

    [Test]
    [Arguments("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "'99999999999'")]
    [Arguments("HTTP/1.1 200 OK\r\nContent-Length: 2147483647\r\n\r\n", "up to 1073741824")]
    [Arguments("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "'-1'")]
    [Arguments("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "''")]
    [Arguments("HTTP/1.1 200 OK\r\nX-Content-Length: 2\r\n\r\n{}", "has no Content-Length")]
    [Arguments("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", "in the middle of a call")]
    [Arguments("HTTP/1.1 500 \u001B[2J\r\nContent-Length: 4\r\n\r\n\u001B[3J", "error (HTTP/1.1 500 \\u001B[2J): \\u001B[3J")]
    public async Task OtherAnswer_IsRefusedInWords(string answer, string reason)
    {
        IOException failure = (await FailureAsync(answer))!;
        await Assert.That(failure.Message).Contains(reason);
        await Assert.That(failure.Message).DoesNotContain("\u001B");
    }

    [Test]
    public async Task HeadWithoutEnd_IsRefused() =>
        await Assert.That((await FailureAsync($"HTTP/1.1 200 OK\r\nA: {new string('a', 64 << 10)}"))!.Message).Contains("longer than 64 KiB");

    [Test]
    public async Task LongError_IsCut() =>
        await Assert.That((await FailureAsync($"HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n{new string('é', 50_000)}"))!.Message.Length)
            .IsLessThan(500);

    [Test]
    public async Task ServerThatCrashesInACall_IsAFailureInWords() =>
        await Assert.That((await FailureAsync("HTTP/1.1 200 OK\r\n", isReset: true))!.Message).Contains("A REST connection to the server");

    private static async Task<IOException?> FailureAsync(string answer, bool isReset = false)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        ServerAddress address = ServerAddress.Loopback(((IPEndPoint)listener.LocalEndpoint).Port, ServerFront.Rest);
        using RestCaller caller = await RestCaller.ConnectAsync(address, "m", [], null);
        using Socket server = await listener.AcceptSocketAsync();
        Task call = caller.CallAsync().AsTask();
        await server.ReceiveAsync(new byte[1024]);
        await server.SendAsync(Encoding.UTF8.GetBytes(answer));
        server.LingerState = new LingerOption(isReset, 0);
        server.Close();
        try
        {
            await call.WaitAsync(TimeSpan.FromSeconds(60));
            return null;
        }
        catch (IOException failure)
        {
            return failure;
        }
    }
}
