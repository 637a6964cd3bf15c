using System.Net.Sockets;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Connections that nobody uses, or that use all there are: others, unix sockets and health get theirs.</summary>
public sealed class ConnectionLimitTests
{
    private static byte[] Live => RawHttp.Request("GET /v2/health/live", "", []);

    private static ModelInferRequest Good => Requests.For("dummy").WithRaw("b", "FP32", [1, 10], 0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f);

    [Test]
    public async Task IdleConnections_ShutNobodyOut()
    {
        string folder = Directory.CreateTempSubdirectory("ovms-").FullName;
        string path = Path.Combine(folder, "rest.sock");
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--metrics_enable", "--max_connections", "40", "--rest_uds", path);
        List<Socket> idle = [];
        for (int i = 0; i < 100; i++)
        {
            // To both ports; silent, in the middle of a line, or after a request.
            try
            {
                idle.Add(await RawHttp.ConnectAsync(i % 4 == 0 ? server.GrpcPort : server.RestPort));
                await RawHttp.SendAsync(idle[^1], (i % 4) switch { 1 => [], 2 => "GET /v2 HT"u8.ToArray(), 3 => Live, _ => Http2Frames.Preface });
            }
            catch (SocketException)
            {
                // Closed already: the places are for those who ask for something.
            }
        }

        await Assert.That((await InferAsync(server)).Values<float>("a")[9]).IsEqualTo(10f);
        await Assert.That(RawHttp.Status(await RawHttp.ExchangeAsync(server.RestPort, RawHttp.Request("GET /v2/models/dummy", "Connection: close\r\n", [])))).IsEqualTo(200);
        using Socket unix = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await unix.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await RawHttp.SendAsync(unix, RawHttp.Request("GET /v2/health/live", "Connection: close\r\n", []));
        await Assert.That(RawHttp.Status(await RawHttp.ReadToEndAsync(unix))).IsEqualTo(200);
        idle.ForEach(static socket => socket.Dispose());
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task ConnectionsThatAreAllInUse_LeaveHealthItsOwn()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--max_connections", "20", "--max_connections_per_address", "0");
        List<Socket> busy = [];
        for (int i = 0; i < 25; i++)
        {
            busy.Add(await RawHttp.ConnectAsync(server.RestPort));
            await RawHttp.SendAsync(busy[^1], RawHttp.Request("POST /v2/models/dummy/infer", "Content-Length: 1000\r\n", "{"u8.ToArray()));
        }

        // The server has accepted them in order, and each before the next one is asked for.
        string refused = await RawHttp.ExchangeAsync(server.RestPort, RawHttp.Request("GET /v2/models/dummy", "", []));
        await Assert.That(RawHttp.Status(refused)).IsEqualTo(503).Because(refused);
        await Assert.That(RawHttp.Body(refused)).Contains("max_connections");
        for (int i = 0; i < 5; i++)
        {
            await Assert.That(RawHttp.Status(await RawHttp.ExchangeAsync(server.RestPort, RawHttp.Request("GET /v2/health/ready", "Connection: close\r\n", [])))).IsEqualTo(200);
        }

        await Assert.That((await server.Client.ServerReadyAsync(new())).Ready).IsTrue();
        RpcException full = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Good));
        await Assert.That(full.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        busy.ForEach(static socket => socket.Dispose());
    }

    [Test]
    public async Task AddressWithTooManyConnections_IsToldItsOwnOption()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--max_connections_per_address", "3");
        List<Socket> busy = [];
        for (int i = 0; i < 3; i++)
        {
            busy.Add(await RawHttp.ConnectAsync(server.RestPort));
            await RawHttp.SendAsync(busy[^1], RawHttp.Request("POST /v2/models/dummy/infer", "Content-Length: 1000\r\n", "{"u8.ToArray()));
        }

        // A busy one counts as idle until the server has read what it sent, and may be closed for another: so ask again.
        string refused = "";
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (!refused.Contains("max_connections", StringComparison.Ordinal) && !patience.IsCancellationRequested)
        {
            busy.Add(await RawHttp.ConnectAsync(server.RestPort));
            await RawHttp.SendAsync(busy[^1], RawHttp.Request("POST /v2/models/dummy/infer", "Content-Length: 1000\r\n", "{"u8.ToArray()));
            refused = await RawHttp.ExchangeAsync(server.RestPort, RawHttp.Request("GET /v2/models/dummy", "Connection: close\r\n", []));
        }

        await Assert.That(RawHttp.Body(refused)).Contains("raise max_connections_per_address");
        RpcException full = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Good));
        await Assert.That(full.Status.Detail).Contains("raise max_connections_per_address");
        busy.ForEach(static socket => socket.Dispose());
    }

    // The first request is the sweep's business; the headers of later ones are the web server's.
    [Test]
    public async Task HeadersThatStopHalfWay_EndTheConnectionInTime()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--first_request_timeout_seconds", "1");
        byte[] begun = [.. RawHttp.Request("GET /v2/health/live", "", []), .. "GET /v2 HTTP/1.1\r\nHos"u8];
        string answer = await RawHttp.ExchangeAsync(server.RestPort, begun);
        await Assert.That(answer).Contains("HTTP/1.1 200").And.Contains("HTTP/1.1 408").And.Contains("first_request_timeout_seconds");
    }

    [Test]
    public async Task ConnectionWithoutARequest_IsClosedInTime()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--first_request_timeout_seconds", "1");
        using Socket asked = await RawHttp.ConnectAsync(server.RestPort);
        await RawHttp.SendAsync(asked, Live);
        byte[][] begins = [[], "GET /v2 HTTP/1.1\r\nHos"u8.ToArray(), Http2Frames.Preface];
        foreach (byte[] begin in begins)
        {
            // Ends when the server closes.
            await RawHttp.ExchangeAsync(begin == Http2Frames.Preface ? server.GrpcPort : server.RestPort, begin);
        }

        await RawHttp.SendAsync(asked, RawHttp.Request("GET /v2/health/live", "Connection: close\r\n", []));
        await Assert.That((await RawHttp.ReadToEndAsync(asked)).Split("HTTP/1.1 200").Length).IsEqualTo(3);
    }

    // The two ports accept side by side. Idle connections that the other one still has to accept may close this one before its call.
    private static async Task<ModelInferResponse> InferAsync(OvmsServer server)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (true)
        {
            try
            {
                return await server.Client.ModelInferAsync(Good);
            }
            catch (RpcException closed) when (closed.StatusCode == StatusCode.Unavailable && !patience.IsCancellationRequested)
            {
            }
        }
    }
}
