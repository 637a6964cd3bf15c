using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What calls may hold together over gRPC: requests that never end, that grow when unpacked, answers that nobody reads.</summary>
public sealed class RequestMemoryTests
{
    private const int Megabyte = 1 << 20;

    private static readonly float[] s_input = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Test]
    public async Task RequestsThatNeverEnd_AreRefusedBeyondTheQuota()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--grpc_memory_quota", $"{10 * Megabyte}", "--connection_memory_percent", "0");
        using RawGrpc raw = new(server.GrpcPort);
        byte[] begin = [.. RawGrpc.Head(500 * Megabyte), .. new byte[4 * Megabyte]];
        List<RawGrpc.Unfinished> bodies = [];
        List<Task<HttpResponseMessage>> calls = [];
        for (int i = 0; i < 3; i++)
        {
            bodies.Add(new RawGrpc.Unfinished(begin));
            calls.Add(raw.SendAsync("ModelInfer", bodies[^1]));
            await Task.WhenAny(bodies[^1].Sent, calls[^1]);
        }

        // Three of them are more than the quota.
        using HttpResponseMessage refused = await await Task.WhenAny(calls);
        await Assert.That(RawGrpc.Header(refused, "grpc-status")).IsEqualTo($"{(int)StatusCode.ResourceExhausted}");
        await Assert.That(RawGrpc.Header(refused, "grpc-message")).Contains("grpc_memory_quota");

        // The callers leave: there is room again, also for a request that needs nearly all of it.
        await Task.WhenAll(bodies.Zip(calls, static (body, call) => body.GiveUpAsync(call)));
        await EventuallyAsync(() => server.Client.ModelInferAsync(Requests.For("dummy").WithBytes("b", "FP32", [1, 10], new byte[9 * Megabyte])).ResponseAsync);
        await Assert.That((await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], s_input))).Values<float>("a")[9]).IsEqualTo(10f);
    }

    [Test]
    public async Task HeadsWhoseMessagesNeverCome_LeaveRoomForOthers()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--grpc_memory_quota", $"{10 * Megabyte}");
        using RawGrpc raw = new(server.GrpcPort);
        List<RawGrpc.Unfinished> bodies = [];
        List<Task<HttpResponseMessage>> calls = [];
        for (int i = 0; i < 200; i++)
        {
            bodies.Add(new RawGrpc.Unfinished(RawGrpc.Head(Megabyte)));
            calls.Add(raw.SendAsync("ModelInfer", bodies[^1]));
            await bodies[^1].Sent;
        }

        // They announce 200 MB in a quota of 10: each costs its call alone, and another caller's message of 4 MB has room.
        RpcException shape = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Requests.For("dummy").WithBytes("b", "FP32", [1, 10], new byte[4 * Megabyte])));
        await Assert.That(shape.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That((await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], s_input))).Values<float>("a")[9]).IsEqualTo(10f);
        await Assert.That(calls.Any(static call => call.IsCompleted)).IsFalse();
        await Task.WhenAll(bodies.Zip(calls, static (body, call) => body.GiveUpAsync(call)));
    }

    [Test]
    public async Task OneConnection_HoldsNoMoreThanItsShare()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--grpc_memory_quota", $"{10 * Megabyte}", "--connection_memory_percent", "30");
        using RawGrpc greedy = new(server.GrpcPort);
        (int status, string message) = await greedy.PostAsync("ModelInfer", RawGrpc.Frame(new byte[4 * Megabyte]));
        await Assert.That((StatusCode)status).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(message).Contains("connection_memory_percent of grpc_memory_quota");
    }

    [Test]
    public async Task RestBodyBeyondTheQuota_Is503()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--rest_memory_quota", $"{Megabyte}", "--connection_memory_percent", "0");
        using StringContent content = new($"{{\"inputs\":[{new string(' ', 2 * Megabyte)}]}}");
        using HttpResponseMessage refused = await server.Http.PostAsync("/v2/models/dummy/infer", content);
        await Assert.That((int)refused.StatusCode).IsEqualTo(503);
        await Assert.That(await refused.Content.ReadAsStringAsync()).Contains("rest_memory_quota");
    }

    [Test]
    public async Task PackedMessageLongerThanItsModelTakes_IsRefusedBeforeItIsUnpacked()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        byte[] bomb = Requests.For("dummy").WithBytes("b", "FP32", [1, 10], new byte[400 * Megabyte]).ToByteArray();
        using RawGrpc raw = new(server.GrpcPort);
        (int status, string message) = await raw.PostAsync("ModelInfer", RawGrpc.Frame(Packed(bomb), isCompressed: true), "gzip");
        await Assert.That((StatusCode)status).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(message).Contains("no request to this model is as long");

        using ByteArrayContent blanks = new(Packed(new byte[400 * Megabyte]));
        blanks.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage refused = await server.Http.PostAsync("/v2/models/dummy/infer", blanks);
        await Assert.That((int)refused.StatusCode).IsEqualTo(413);
        await Assert.That(ProcessFacts.Peak(server.Process.Id)).IsLessThan(300);
    }

    [Test]
    public async Task StreamThatWantsADictionary_IsTheCallersFault()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using RawGrpc raw = new(server.GrpcPort);

        // The header of a zlib stream whose fifth bit says that a dictionary was used, and the dictionary's mark.
        byte[] packed = [0x78, 0xBB, 1, 2, 3, 4, 0, 0, 0, 0];
        foreach (string call in new[] { "ModelInfer", "ModelMetadata" })
        {
            (int status, string message) = await raw.PostAsync(call, RawGrpc.Frame(packed, isCompressed: true), "deflate");
            await Assert.That((StatusCode)status).IsEqualTo(StatusCode.InvalidArgument).Because(message);
            await Assert.That(message).Contains("grpc-encoding");
        }

        using ByteArrayContent body = new(packed);
        body.Headers.ContentEncoding.Add("deflate");
        using HttpResponseMessage refused = await server.Http.PostAsync("/v2/models/dummy/infer", body);
        await Assert.That((int)refused.StatusCode).IsEqualTo(400);
    }

    [Test]
    public async Task RequestThatGrowsWhenUnpacked_IsRefusedBeyondTheQuota()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("passthrough_string"), "text", "--grpc_memory_quota", $"{10 * Megabyte}");
        using RawGrpc raw = new(server.GrpcPort);
        (int status, string message) = await raw.PostAsync("ModelInfer", RawGrpc.Frame(Packed(new byte[200 * Megabyte]), isCompressed: true), "gzip");
        await Assert.That((StatusCode)status).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(message).Contains("grpc_memory_quota");
        await Assert.That(ProcessFacts.Peak(server.Process.Id)).IsLessThan(300);
    }

    [Test]
    public async Task AnswerThatNobodyReads_CountsUntilItsCallerLeaves()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("passthrough_string"), "text", "--grpc_memory_quota", $"{30 * Megabyte}", "--connection_memory_percent", "0");
        using RawGrpc raw = new(server.GrpcPort);
        byte[] request = RawGrpc.Frame(Requests.For("text").WithBytes("my_name", "BYTES", [1], Requests.Pack(new byte[12 * Megabyte])).ToByteArray());
        using ByteArrayContent content = new(request);
        using (HttpResponseMessage unread = await raw.SendAsync("ModelInfer", content))
        {
            // 12 of the request, 12 of the answer: no room for another one.
            (int status, string message) = await raw.PostAsync("ModelInfer", request);
            await Assert.That((StatusCode)status).IsEqualTo(StatusCode.ResourceExhausted);
            await Assert.That(message).Contains("grpc_memory_quota");
        }

        await EventuallyAsync(async () => await Assert.That((await raw.PostAsync("ModelInfer", request)).Status).IsEqualTo(0));
    }

    private static byte[] Packed(byte[] plain)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(plain);
        }

        return packed.ToArray();
    }

    // The server learns a moment later than the caller that a call is over.
    private static async Task EventuallyAsync(Func<Task> call)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.InvalidArgument)
            {
                return;
            }
            catch (Exception) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(20);
            }
        }
    }
}
