using System.Net;
using System.Net.Sockets;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Addresses of which a wildcard covers another.</summary>
public sealed class BindAddressTests
{
    [Test]
    [Arguments("0.0.0.0,::", "127.0.0.1", "::1")]
    [Arguments("0.0.0.0,127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [Arguments("::,::1", "::1", "127.0.0.1")]
    public async Task Overlapping_AreServedOnBothFronts(string addresses, params string[] reached)
    {
        Skip.Unless(Socket.OSSupportsIPv6 || reached.All(static address => !address.Contains(':', StringComparison.Ordinal)), "This machine has no IPv6.");
        int grpc = FreePort.Next();
        int rest = FreePort.Next();
        await using OvmsProcess server = OvmsProcess.Start(
        [
            "--model_name", "dummy", "--model_path", Repo.Model("dummy"), "--port", $"{grpc}", "--rest_port", $"{rest}",
            "--grpc_bind_address", addresses, "--rest_bind_address", addresses,
        ]);
        await server.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        foreach (string address in reached)
        {
            using HttpClient http = new() { BaseAddress = new UriBuilder("http", address, rest).Uri };
            using HttpResponseMessage ready = await http.GetAsync("/v2/health/ready");
            await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.OK).Because(address);
            using Socket caller = new(SocketType.Stream, ProtocolType.Tcp);
            await caller.ConnectAsync(IPAddress.Parse(address), grpc);
            await Assert.That(caller.Connected).IsTrue().Because(address);
        }

        await Assert.That(await server.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task PortThatAnotherHasForOneFamily_IsNamed()
    {
        using TcpListener other = new(IPAddress.Any, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        (int code, string output, _) = await OvmsProcess.RunAsync(
            ["--model_name", "dummy", "--model_path", Repo.Model("dummy"), "--rest_port", $"{port}", "--rest_bind_address", "0.0.0.0,::"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains($":{port} cannot be listened on").And.Contains("Another process uses the port");
    }
}
