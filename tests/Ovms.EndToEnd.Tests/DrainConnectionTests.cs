using System.Net.Sockets;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What is half way through a connection when the server is told to stop: requests that come, answers that go.</summary>
public sealed class DrainConnectionTests
{
    private const int Megabyte = 1 << 20;

    [Test]
    public async Task RequestsHalfSent_AreUnavailableAtOnceAndDoNotHoldTheStop()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using RawGrpc raw = new(server.GrpcPort);
        using RawGrpc.Unfinished body = new([.. RawGrpc.Head(1000), 1, 2, 3]);
        Task<HttpResponseMessage> call = raw.SendAsync("ModelInfer", body);
        await body.Sent;
        using Socket rest = await RawHttp.ConnectAsync(server.RestPort);
        await RawHttp.SendAsync(rest, RawHttp.Request("POST /v2/models/dummy/infer", "Content-Length: 1000\r\n", "{"u8.ToArray()));
        using Socket head = await RawHttp.ConnectAsync(server.RestPort);
        await RawHttp.SendAsync(head, "GET /v2 HTTP/1.1\r\nHos"u8.ToArray());

        // Another call, answered after these were sent: the server has them.
        await server.Client.ServerLiveAsync(new());
        using HttpResponseMessage live = await server.Http.GetAsync("/v2/health/live");
        server.Process.Signal(PosixSignal.SIGTERM);

        using HttpResponseMessage answer = await call;
        await Assert.That(RawGrpc.Header(answer, "grpc-status")).IsEqualTo($"{(int)StatusCode.Unavailable}");
        string late = await RawHttp.ReadToEndAsync(rest);
        await Assert.That(RawHttp.Status(late)).IsEqualTo(503).Because(late);
        await Assert.That(RawHttp.Body(late)).Contains("Server is shutting down");
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("cut off");
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task AnswerThatIsReadSlowly_ArrivesWhole(bool grpc)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("passthrough_string"), "text");
        byte[] text = new byte[24 * Megabyte];
        using RawGrpc raw = new(server.GrpcPort);
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.RestPort}") };
        using ByteArrayContent content = new(grpc ? RawGrpc.Frame(Requests.For("text").WithBytes("my_name", "BYTES", [1], Requests.Pack(text)).ToByteArray()) : text);
        content.Headers.Add("Inference-Header-Content-Length", "0");
        using HttpRequestMessage request = new(HttpMethod.Post, "/v2/models/text/infer") { Content = content };
        using HttpResponseMessage answer = grpc ? await raw.SendAsync("ModelInfer", content) : await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        // The answer has begun; most of it waits for its reader, longer than the server waits for connections without a call.
        server.Process.Signal(PosixSignal.SIGTERM);
        await server.Process.WaitForLineAsync(static line => line.Contains("\"state\": \"END\"", StringComparison.Ordinal));
        await Task.Delay(TimeSpan.FromSeconds(3));
        await Assert.That(server.Process.HasExited).IsFalse().Because(server.Process.Output);
        await Assert.That((await answer.Content.ReadAsByteArrayAsync()).Length).IsGreaterThan(text.Length);
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("cut off");
    }

    [Test]
    public async Task AnswerThatNobodyReads_IsCutOffAtTheLimit()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("passthrough_string"), "text", "--drain_timeout_seconds", "1");
        using RawGrpc raw = new(server.GrpcPort);
        using ByteArrayContent content = new(RawGrpc.Frame(Requests.For("text").WithBytes("my_name", "BYTES", [1], Requests.Pack(new byte[24 * Megabyte])).ToByteArray()));
        using HttpResponseMessage answer = await raw.SendAsync("ModelInfer", content);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).Contains("cut off");
    }
}
