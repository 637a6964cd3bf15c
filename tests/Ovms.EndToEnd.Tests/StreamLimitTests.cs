using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Calls that are begun and not gone on with, or reset: what they hold is bounded, and others are served.</summary>
public sealed class StreamLimitTests
{
    private const string Infer = $"/{RawGrpc.Inference}/ModelInfer";
    private const string Metadata = $"/{RawGrpc.Inference}/ModelMetadata";
    private const byte GoAway = 7;

    private static ModelInferRequest Good => Requests.For("dummy").WithRaw("b", "FP32", [1, 10], 0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f);

    [Test]
    public async Task StreamsOfHeadersAlone_AreBoundedAndOthersServed()
    {
        const int Connections = 30;
        const int PerConnection = 1000;
        const int Waiting = 500;
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--metrics_enable", "--max_waiting_streams", $"{Waiting}");
        await server.Client.ModelInferAsync(Good);
        double before = await MetricAsync(server, "ovms_gc_heap_bytes");
        List<Socket> flood = [];
        for (int i = 0; i < Connections; i++)
        {
            flood.Add(await Http2Frames.ConnectAsync(server.GrpcPort));
            string path = i % 2 == 0 ? Infer : Metadata;
            await RawHttp.SendAsync(flood[^1], [.. Http2Frames.Streams(PerConnection).SelectMany(stream => Http2Frames.Headers(stream, path))]);
            await Assert.That((await server.Client.ModelInferAsync(Good)).Values<float>("a")[9]).IsEqualTo(10f);
        }

        // Each stream holds 7 KB or so: 30,000 of them would be 200 MB.
        await Assert.That(await MetricAsync(server, "ovms_gc_heap_bytes")).IsLessThan(before + (100 << 20));
        await Assert.That(await MetricAsync(server, "ovms_waiting_streams")).IsLessThanOrEqualTo(Waiting);
        await Assert.That(await MetricAsync(server, "ovms_streams_refused_total")).IsGreaterThan(0);
        using HttpResponseMessage live = await server.Http.GetAsync("/v2/health/ready");
        await Assert.That((int)live.StatusCode).IsEqualTo(200);

        // A stop waits for none of them: the limit on calls in flight is not reached.
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("cut off");
        flood.ForEach(static socket => socket.Dispose());
    }

    [Test]
    [Arguments("ModelInfer")]
    [Arguments("ModelMetadata")]
    public async Task MessageThatDoesNotBegin_IsNotWaitedForLong(string call)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--request_start_timeout_seconds", "1");
        using RawGrpc raw = new(server.GrpcPort);
        using RawGrpc.Unfinished body = new([]);
        using HttpResponseMessage answer = await raw.SendAsync(call, body);
        await Assert.That(RawGrpc.Header(answer, "grpc-status")).IsEqualTo($"{(int)StatusCode.DeadlineExceeded}");
        await Assert.That(Uri.UnescapeDataString(RawGrpc.Header(answer, "grpc-message"))).Contains("request_start_timeout_seconds");
    }

    [Test]
    [Arguments("ModelInfer")]
    [Arguments("ModelMetadata")]
    public async Task MessageThatDoesNotBegin_HoldsUpNoStop(string call)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using RawGrpc raw = new(server.GrpcPort);
        using RawGrpc.Unfinished body = new([]);
        Task<HttpResponseMessage> answering = raw.SendAsync(call, body);
        await body.Sent;

        // Answered after those headers were sent: the server has them.
        await server.Client.ServerLiveAsync(new());
        server.Process.Signal(PosixSignal.SIGTERM);
        using HttpResponseMessage answer = await answering;
        await Assert.That(RawGrpc.Header(answer, "grpc-status")).IsEqualTo($"{(int)StatusCode.Unavailable}");
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task MoreCallsThanMayBeOpen_AreRefusedAtOnce()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--metrics_enable", "--max_streams", "2");
        using RawGrpc raw = new(server.GrpcPort);
        RawGrpc.Unfinished[] bodies = [new([.. RawGrpc.Head(1000), 1]), new([.. RawGrpc.Head(1000), 1])];
        Task<HttpResponseMessage>[] held = [.. bodies.Select(body => raw.SendAsync("ModelInfer", body))];
        await Task.WhenAll(bodies.Select(static body => body.Sent));
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (await MetricAsync(server, "ovms_open_streams") < 2 && !patience.IsCancellationRequested)
        {
            // The server does not have both yet.
        }

        RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Good));
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(refused.Status.Detail).Contains("max_streams");
        await bodies[0].GiveUpAsync(held[0]);
        await bodies[1].GiveUpAsync(held[1]);
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task FloodsOfResets_EndTheirConnectionAndNoOther(bool byServer)
    {
        const int Streams = 210;
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--metrics_enable");
        byte[] message = RawGrpc.Frame(Good.ToByteArray());
        await server.Client.ModelInferAsync(Good);
        for (int i = 0; i < 10; i++)
        {
            using Socket flood = await Http2Frames.ConnectAsync(server.GrpcPort);
            Task<IReadOnlyList<byte>> answers = Http2Frames.TypesToEndAsync(flood);

            // The second kind makes the server reset: it grants more bytes than there can be before the call has an answer.
            await RawHttp.SendAsync(flood,
            [
                .. Http2Frames.Streams(Streams).SelectMany(stream => byServer
                    ? [.. Http2Frames.Headers(stream, Infer), .. Http2Frames.WindowUpdate(stream, int.MaxValue)]
                    : (byte[])[.. Http2Frames.Headers(stream, Infer), .. Http2Frames.Data(stream, message), .. Http2Frames.Reset(stream)]),
            ]);
            await Assert.That((await server.Client.ModelInferAsync(Good)).Values<float>("a")[9]).IsEqualTo(10f);

            // The first one is read to its end, so that its goodbye is not lost; later ones share what the address has left.
            IReadOnlyList<byte> types = await answers;
            await Assert.That(i > 0 || types.Contains(GoAway)).IsTrue();
        }

        await Assert.That(await MetricAsync(server, "ovms_connections_closed_total{reason=\"resets\"}")).IsEqualTo(10);
        await Assert.That(server.Process.Output).DoesNotContain("[error]");
    }

    [Test]
    public async Task CallerWhoCancelsNowAndThen_IsLetBe()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--metrics_enable", "--stream_reset_budget", "20");
        using Socket caller = await Http2Frames.ConnectAsync(server.GrpcPort);
        byte[] message = RawGrpc.Frame(Good.ToByteArray());

        // Forty resets, among three times as many calls.
        await RawHttp.SendAsync(caller,
        [
            .. Http2Frames.Streams(120).SelectMany(stream => (byte[])[.. Http2Frames.Headers(stream, Infer), .. Http2Frames.Data(stream, message), .. stream % 6 == 1 ? Http2Frames.Reset(stream) : []]),
        ]);
        for (int i = 0; i < 40; i++)
        {
            // One that is cancelled beside two that are not.
            using CancellationTokenSource cancelled = new();
            AsyncUnaryCall<ModelInferResponse>[] calls = [.. Enumerable.Range(0, 3).Select(at => server.Client.ModelInferAsync(Good, cancellationToken: at == 0 ? cancelled.Token : default))];
            await cancelled.CancelAsync();
            await calls[1];
            await calls[2];
        }

        await Assert.That(await MetricAsync(server, "ovms_connections_closed_total{reason=\"resets\"}")).IsEqualTo(0);
    }

    private static async Task<double> MetricAsync(OvmsServer server, string series)
    {
        string text = await server.Http.GetStringAsync("/metrics");
        string line = text.Split('\n').Single(line => line.StartsWith($"{series} ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
