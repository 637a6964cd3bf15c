using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Large answers: read at once, slowly, or never. What they cost in memory, and for how long.</summary>
public sealed class UnreadAnswerTests
{
    private const int Megabyte = 1 << 20;

    // 4096 × 4096 floats.
    private const int Side = 4096;
    private const int AnswerMegabytes = 64;

    // Alone: beside other tests the machine can be too busy for the seconds in which memory is given back.
    [Test]
    [NotInParallel]
    public async Task LargeAnswers_TakeOneAnswersMemoryAndGiveItBack()
    {
        using BroadcastModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "m", "--nireq", "1");
        await server.Client.ModelInferAsync(Request(4));
        long before = ProcessFacts.Resident(server.Process.Id);
        for (int i = 0; i < 10; i++)
        {
            ModelInferResponse answer = await server.Client.ModelInferAsync(Request(Side));
            await Assert.That(MemoryMarshal.Cast<byte, float>(answer.RawOutputContents[0].Span).ContainsAnyExcept(1f)).IsFalse();
        }

        // One answer that is sent and one that is computed.
        await Assert.That(ProcessFacts.Peak(server.Process.Id) - before).IsLessThan(3 * AnswerMegabytes);

        // Without another call: the server makes OpenVINO free the last one.
        await SettlesAsync(server, before + 20);
    }

    [Test]
    public async Task AnswersBeyondTheQuota_AreRefused_AndOthersAreServed()
    {
        using BroadcastModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            model.Path, "m", "--nireq", "1", "--grpc_memory_quota", $"{150 * Megabyte}", "--connection_memory_percent", "100");
        await server.Client.ModelInferAsync(Request(4));
        long before = ProcessFacts.Resident(server.Process.Id);
        using RawGrpc raw = new(server.GrpcPort);
        List<HttpResponseMessage> unread = [];
        int refused = 0;
        for (int i = 0; i < 12; i++)
        {
            using ByteArrayContent content = new(RawGrpc.Frame(Request(Side).ToByteArray()));
            unread.Add(await raw.SendAsync("ModelInfer", content));
            refused += RawGrpc.Header(unread[^1], "grpc-status") == $"{(int)StatusCode.ResourceExhausted}" ? 1 : 0;
        }

        // Two answers fit.
        await Assert.That(refused).IsEqualTo(10);
        await Assert.That(ProcessFacts.Peak(server.Process.Id) - before).IsLessThan(150 + (2 * AnswerMegabytes));
        await Assert.That((await server.Client.ModelInferAsync(Request(4))).RawOutputContents[0].Length).IsEqualTo(64);

        unread.ForEach(static response => response.Dispose());
        await SettlesAsync(server, before + 40);
    }

    [Test]
    public async Task GrpcCallerWhoReadsNothing_IsCutOff_AndItsMemoryComesBack()
    {
        using BroadcastModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            model.Path, "m", "--nireq", "1", "--grpc_memory_quota", $"{100 * Megabyte}", "--connection_memory_percent", "100", "--answer_stall_timeout_seconds", "1");
        using RawGrpc raw = new(server.GrpcPort);
        using ByteArrayContent content = new(RawGrpc.Frame(Request(Side).ToByteArray()));
        using HttpResponseMessage unread = await raw.SendAsync("ModelInfer", content);

        // There is room for one such answer: the next is served when the first one was given up.
        await EventuallyServedAsync(server, Request(Side));
        await Assert.That(await SucceededAsync(server)).IsEqualTo(1UL);
        await Assert.That(async () => await unread.Content.ReadAsByteArrayAsync()).Throws<HttpRequestException>();
    }

    [Test]
    public async Task ConnectionThatIsNotRead_IsClosed()
    {
        using BroadcastModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            model.Path, "m", "--nireq", "1", "--rest_memory_quota", $"{100 * Megabyte}", "--connection_memory_percent", "100", "--answer_stall_timeout_seconds", "1");
        using Socket socket = await RawHttp.ConnectAsync(server.RestPort);
        byte[] body = Json(Side);
        await socket.SendAsync(RawHttp.Request("POST /v2/models/m/infer", $"Content-Length: {body.Length}\r\n", body));

        // The answer has begun: its memory is taken, and there is room for one such.
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        await socket.ReceiveAsync(new byte[1], limit.Token);
        int status = 0;
        while (status != 200)
        {
            using ByteArrayContent content = new(body);
            using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/m/infer", content, limit.Token);
            status = (int)answer.StatusCode;
            await Assert.That(status is 200 or 503).IsTrue();
        }

        await Assert.That(await SucceededAsync(server)).IsEqualTo(1UL);
        string came = await RawHttp.ReadToEndAsync(socket);
        await Assert.That(came.Length).IsLessThan(AnswerMegabytes * Megabyte);
    }

    // An answer that its caller did not take is no success.
    private static async Task<ulong> SucceededAsync(OvmsServer server) =>
        (await server.Client.ModelStatisticsAsync(new ModelStatisticsRequest { Name = "m" })).ModelStats.Single().InferenceStats.Success.Count;

    [Test]
    public async Task SlowReader_HoldsNoInferRequest_AndGetsItsAnswerWhole()
    {
        using BroadcastModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "m", "--nireq", "1");
        using RawGrpc raw = new(server.GrpcPort);
        using ByteArrayContent content = new(RawGrpc.Frame(Request(Side).ToByteArray()));
        using HttpResponseMessage unread = await raw.SendAsync("ModelInfer", content);

        // The only infer request serves others meanwhile, also with answers as large.
        for (int i = 0; i < 3; i++)
        {
            await Assert.That((await server.Client.ModelInferAsync(Request(Side))).RawOutputContents[0].Length).IsEqualTo(AnswerMegabytes * Megabyte);
        }

        byte[] answer = await unread.Content.ReadAsByteArrayAsync();
        ModelInferResponse response = ModelInferResponse.Parser.ParseFrom(answer.AsSpan(5));
        await Assert.That(MemoryMarshal.Cast<byte, float>(response.RawOutputContents[0].Span).ContainsAnyExcept(1f)).IsFalse();
        await Assert.That(RawGrpc.Header(unread, "grpc-status")).IsEqualTo("0");
    }

    private static ModelInferRequest Request(long side) => Requests.For("m").WithRaw("s", "INT64", [2], side, side);

    private static byte[] Json(int side) => Encoding.ASCII.GetBytes(
        $$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"s","shape":[2],"datatype":"INT64","data":[{{side}},{{side}}]}]}""");

    private static async Task EventuallyServedAsync(OvmsServer server, ModelInferRequest request)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        while (true)
        {
            try
            {
                await server.Client.ModelInferAsync(request);
                return;
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.ResourceExhausted && !limit.IsCancellationRequested)
            {
            }
        }
    }

    // What is not used any more is given back after some seconds.
    private static async Task SettlesAsync(OvmsServer server, long most)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        long now = ProcessFacts.Resident(server.Process.Id);
        while (now > most && !limit.IsCancellationRequested)
        {
            await Task.Delay(200);
            now = ProcessFacts.Resident(server.Process.Id);
        }

        await Assert.That(now).IsLessThanOrEqualTo(most);
    }
}
