using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Many callers at once, and callers who go away.</summary>
public sealed class ConcurrencyTests
{
    private const int Callers = 16;
    private const int CallsEach = 1000;

    [Test]
    public async Task SixteenCallersWithMixedRequests_GetTheirOwnAnswers()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dynamic"), "dynamic");
        int wrong = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            for (int call = 0; call < CallsEach; call++)
            {
                int rows = random.Next(1, 5);
                int columns = random.Next(1, 65);
                float[] values = [.. Enumerable.Range(0, rows * columns).Select(i => (caller * 10_000f) + call + i)];
                float[] answer = random.Next(4) switch
                {
                    0 => await JsonAsync(server, rows, columns, values),
                    1 => await TypedAsync(server, rows, columns, values),
                    2 => await FaultyAsync(server, rows, columns, values),
                    _ => (await server.Client.ModelInferAsync(Requests.For("dynamic").WithRaw("x", "FP32", [rows, columns], values))).Values<float>("y"),
                };
                if (!answer.SequenceEqual(values.Select(static value => 2 * value)))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        })));
        await Assert.That(wrong).IsEqualTo(0);
    }

    [Test]
    public async Task ManyCalls_LeaveMemoryWhereItWas()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        await CallManyAsync(500);
        long resident = ProcessFacts.Resident(server.Process.Id);
        await CallManyAsync(4000);
        await Assert.That(ProcessFacts.Peak(server.Process.Id) - resident).IsLessThan(16);

        Task CallManyAsync(int each) => Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int call = 0; call < each; call++)
            {
                using StringContent request = new("""{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}""");
                using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/dummy/infer", request);
                answer.EnsureSuccessStatusCode();
            }
        })));
    }

    [Test]
    public async Task CallersWhoGoAway_LeaveNothingBehind()
    {
        // The batch waits for company that never comes: every call is in flight until its caller leaves.
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--target_device", "BATCH:CPU(4)", "--nireq", "2", "--plugin_config", """{"AUTO_BATCH_TIMEOUT": 400}""");
        ModelInferRequest request = Requests.For("dummy").WithRaw("b", "FP32", [1, 10], new float[10]);
        for (int round = 0; round < 10; round++)
        {
            using CancellationTokenSource leaving = new();
            Task<ModelInferResponse>[] calls =
            [
                server.Client.ModelInferAsync(request, cancellationToken: leaving.Token).ResponseAsync,
                server.Client.ModelInferAsync(request, deadline: DateTime.UtcNow.AddMilliseconds(50)).ResponseAsync,
                server.Client.ModelInferAsync(request, deadline: DateTime.UtcNow.AddMilliseconds(50)).ResponseAsync,
            ];
            await Fault.OfAsync(async () => await calls[1]);
            await leaving.CancelAsync();
            foreach (Task<ModelInferResponse> call in calls)
            {
                RpcException gone = await Fault.OfAsync(async () => await call);
                await Assert.That(gone.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded).IsTrue().Because(gone.Status.ToString());
            }
        }

        // Both infer requests are back, or these two could not run side by side with nobody else waiting.
        ModelInferResponse[] after = await Task.WhenAll(server.Client.ModelInferAsync(request).ResponseAsync, server.Client.ModelInferAsync(request).ResponseAsync);
        await Assert.That(after.All(static response => response.Values<float>("a")[0] == 1f)).IsTrue();

        // The server ends without a call in flight: a lease that was lost would hold the stop up to its limit and be reported.
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("cut off");
    }

    [Test]
    public async Task FullQueue_RefusesAtOnce()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--target_device", "BATCH:CPU(4)", "--nireq", "1", "--infer_queue_size", "1", "--plugin_config", """{"AUTO_BATCH_TIMEOUT": 1500}""");
        ModelInferRequest request = Requests.For("dummy").WithRaw("b", "FP32", [1, 10], new float[10]);
        Task<string>[] calls = [.. Enumerable.Range(0, 6).Select(async _ =>
        {
            try
            {
                return (await server.Client.ModelInferAsync(request)).Values<float>("a")[0] == 1f ? "answered" : "wrong";
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted)
            {
                return "refused";
            }
        })];
        string[] ends = await Task.WhenAll(calls);
        await Assert.That(ends.Count(static end => end == "answered")).IsEqualTo(2);
        await Assert.That(ends.Count(static end => end == "refused")).IsEqualTo(4);
    }

    private static async Task<float[]> TypedAsync(OvmsServer server, int rows, int columns, float[] values) =>
        (await server.Client.ModelInferAsync(Requests.For("dynamic").WithContents("x", "FP32", [rows, columns], new InferTensorContents { Fp32Contents = { values } }))).Values<float>("y");

    private static async Task<float[]> FaultyAsync(OvmsServer server, int rows, int columns, float[] values)
    {
        RpcException fault = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Requests.For("dynamic").WithRaw("x", "FP32", [rows, columns + 1], values)));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        return [.. values.Select(static value => 2 * value)];
    }

    private static async Task<float[]> JsonAsync(OvmsServer server, int rows, int columns, float[] values)
    {
        JsonObject body = new()
        {
            ["inputs"] = new JsonArray(new JsonObject
            {
                ["name"] = "x",
                ["shape"] = new JsonArray(rows, columns),
                ["datatype"] = "FP32",
                ["data"] = new JsonArray([.. values.Select(static value => (JsonNode)value)]),
            }),
        };
        using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/dynamic/infer", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        JsonNode json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return [.. json["outputs"]![0]!["data"]!.AsArray().Select(static node => (float)node!)];
    }
}
