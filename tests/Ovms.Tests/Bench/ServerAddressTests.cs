using System.Net;
using System.Net.Sockets;
using Ovms.Bench;
using Ovms.Status;

namespace Ovms.Tests.Bench;

public sealed class ServerAddressTests
{
    [Test]
    [Arguments("http://127.0.0.1:8000", ServerFront.Rest, "127.0.0.1:8000")]
    [Arguments("http://localhost:8000/", ServerFront.Rest, "localhost:8000")]
    [Arguments("grpc://[::1]:9000", ServerFront.Grpc, "[::1]:9000")]
    [Arguments("grpc://models.example:9000", ServerFront.Grpc, "models.example:9000")]
    [Arguments("unix:/run/ovms/grpc", ServerFront.Either, "localhost")]
    [Arguments("unix:///run/ovms/grpc", ServerFront.Either, "localhost")]
    [Arguments("unix:relative", ServerFront.Either, "localhost")]
    public async Task Forms_AreRead(string text, object front, string authority)
    {
        ServerAddress address = ServerAddress.Parse(text).Value!;
        await Assert.That(address.Front).IsEqualTo((ServerFront)front);
        await Assert.That(address.Authority).IsEqualTo(authority);
    }

    [Test]
    [Arguments("127.0.0.1:9000")]
    [Arguments("localhost")]
    [Arguments("grpc://localhost")]
    [Arguments("https://localhost:1")]
    [Arguments("grpcs://localhost:1")]
    [Arguments("ftp://localhost:1")]
    [Arguments("http://localhost:99999")]
    [Arguments("http://user@localhost:1")]
    [Arguments("http://localhost:1/v2")]
    [Arguments("http://localhost:1/?a=b")]
    [Arguments("unix:")]
    public async Task OtherForms_AreUsageErrors_WithTheRightOnes(string text)
    {
        Outcome<ServerAddress> refused = ServerAddress.Parse(text);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.OptionsUsageError);
        await Assert.That(refused.Text).Contains("http://HOST:PORT, grpc://HOST:PORT or unix:PATH");
    }

    [Test]
    public async Task NobodyThere_IsSaidWithTheAddress()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        string url = $"grpc://{listener.LocalEndpoint}";
        listener.Stop();
        IOException refused = (await Assert.That(async () => await ServerAddress.Parse(url).Value!.ConnectAsync(CancellationToken.None)).Throws<IOException>())!;
        await Assert.That(refused.Message).Contains($"No server answers at {url}:");
    }

    [Test]
    public async Task HostWithAnAddressThatDoesNotAnswer_IsReachedAtTheOther()
    {
        // localhost is ::1 first on most machines, and this listens on 127.0.0.1 alone.
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        ServerAddress address = ServerAddress.Parse($"grpc://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}").Value!;
        using Socket first = await address.ConnectAsync(CancellationToken.None);
        using Socket second = await address.ConnectAsync(CancellationToken.None);
        await Assert.That(second.Connected).IsTrue();
    }
}
