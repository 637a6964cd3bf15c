using System.Collections.Concurrent;
using System.Net;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using static Ovms.EndToEnd.Tests.Harness.FloatCalls;

namespace Ovms.EndToEnd.Tests;

/// <summary>Many callers of many shapes: exact answers, a bounded number of variants, and nothing of the engine's left behind.</summary>
public sealed class AutoShapeLoadTests
{
    private const int Kept = 8;

    [Test]
    public async Task MixedShapes_GetTheirOwnAnswers_AndLeakNothing()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("summator"), "m", "--shape", "auto", "--nireq", "2", "--log_level", "DEBUG");
        ConcurrentQueue<string> errors = new();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            CallWay way = (CallWay)(caller % 4);
            for (int call = 0; call < 60; call++)
            {
                // Most calls are of a few shapes, some of any of twenty, and some of none that can be.
                long rows = random.Next(4) > 0 ? random.Next(1, 5) : random.Next(1, 21);
                if (random.Next(10) == 0)
                {
                    FloatCallException refused = await server.RefusalAsync(way, "m", ("b", [rows + 1, 3], new float[(rows + 1) * 3]), ("c", [rows + 2, 3], new float[(rows + 2) * 3]));
                    if (!refused.Text.StartsWith("Model could not be reshaped with requested shape - ", StringComparison.Ordinal))
                    {
                        errors.Enqueue(refused.Message);
                    }

                    continue;
                }

                (_, float[] values) = await server.CallAsync(way, "m", ("b", [rows, 6], Count(rows * 6, caller)), ("c", [rows, 6], Count(rows * 6)));
                if (!values.SequenceEqual(Count(rows * 6, caller).Select((value, index) => value + index)))
                {
                    errors.Enqueue($"{caller}, {rows}: {string.Join(' ', values)}");
                }
            }
        })));
        await Assert.That(errors).IsEmpty();
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        int compiled = AutoShapeTests.Compiled(server).Length;
        int dropped = AutoShapeTests.Told(server.Process.Output, "no longer kept for shapes: ").Length;
        await Assert.That(compiled).IsGreaterThan(Kept);
        await Assert.That(compiled - dropped).IsEqualTo(Kept);
        await Assert.That(server.Process.Output).Contains("models 0, compiled models 0, infer requests 0, tensors 0");
    }

    [Test]
    public async Task ShapesUsedLast_AreKept()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "m", "--batch_size", "auto");
        foreach (long rows in Enumerable.Range(2, 9).Append(3).Append(2).Append(10))
        {
            await server.CallAsync(CallWay.KServeGrpc, "m", ("b", [rows, 10], new float[rows * 10]));
        }

        string[] compiled = [.. Enumerable.Range(2, 9).Append(2).Select(static rows => $"b batch {rows}")];
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(string.Join(' ', AutoShapeTests.Compiled(server))).IsEqualTo(string.Join(' ', compiled));
        await Assert.That(string.Join(", ", AutoShapeTests.Told(server.Process.Output, "no longer kept for shapes: "))).IsEqualTo("b batch 2, b batch 4");
    }

    [Test]
    public async Task ChangesUnderVariants_FailNoCallAndLeakNothing()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.Configure("m, \"batch_size\": \"auto\"");
        await repository.StartAsync("--log_level", "DEBUG");
        ConcurrentQueue<string> errors = new();
        using CancellationTokenSource stop = new();
        Task[] callers = [.. Enumerable.Range(1, 6).Select(caller => Task.Run(async () =>
        {
            for (long rows = caller; !stop.IsCancellationRequested; rows = (rows % 10) + 1)
            {
                try
                {
                    float[] values = (await repository.Client.ModelInferAsync(Requests.For("m").WithRaw("b", "FP32", [rows, 10], new float[rows * 10]))).Values<float>("a");
                    if (values.Length != rows * 10 || values[0] is not (1f or 2f or 3f) || values.Any(value => value != values[0]))
                    {
                        errors.Enqueue($"{rows} rows: {string.Join(' ', values)}");
                    }
                }
                catch (Exception failure)
                {
                    errors.Enqueue(failure.Message);
                }
            }
        }))];
        for (int change = 1; change <= 24; change++)
        {
            switch (change % 4)
            {
                case 0:
                    repository.Put("m", 1, adds: 1 + (change / 4 % 3));
                    break;
                case 1:
                    repository.Put("m", 2, adds: 2);
                    break;
                case 2:
                    repository.Configure($"m, \"{(change % 8 == 2 ? "shape" : "batch_size")}\": \"auto\"");
                    break;
                default:
                    repository.Remove("m", 2);
                    break;
            }

            (HttpStatusCode code, string body, string? error) = await repository.ReloadAsync();
            if (code is not (HttpStatusCode.OK or HttpStatusCode.Created))
            {
                errors.Enqueue($"change {change}: {code} {body} {error}");
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        await Assert.That(errors).IsEmpty();
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
        string last = repository.Process.Output.Split('\n').Last(static line => line.Contains("Objects of the engine:", StringComparison.Ordinal));
        await Assert.That(last).Contains("models 0, compiled models 0, infer requests 0, tensors 0");
    }

    [Test]
    public async Task CallersWhoGiveUp_CostNobodyElse()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "m", "--batch_size", "auto", "--log_level", "DEBUG");
        for (int rows = 2; rows <= 5; rows++)
        {
            ModelInferRequest request = Requests.For("m").WithBytes("data_0", "FP16", [rows, 3, 224, 224], new byte[rows * 3 * 224 * 224 * 2]);
            Grpc.Core.RpcException late = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(request, deadline: DateTime.UtcNow.AddMilliseconds(20)));
            await Assert.That(late.StatusCode).IsEqualTo(Grpc.Core.StatusCode.DeadlineExceeded);
        }

        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("m").WithBytes("data_0", "FP16", [5, 3, 224, 224], new byte[5 * 3 * 224 * 224 * 2]));
        await Assert.That(answer.Outputs[0].Shape[0]).IsEqualTo(5);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).Contains("models 0, compiled models 0, infer requests 0, tensors 0");
    }

    [Test]
    [Arguments(false, 0)]
    [Arguments(true, 2)]
    public async Task Cache_IsUsedWhereAllowed(bool isAllowed, int kept)
    {
        using ConfigFolder folder = new($$$"""{"model_config_list": [{"config": {"name": "m", "base_path": "${MODELS}/dummy", "batch_size": "auto", "allow_cache": {{{(isAllowed ? "true" : "false")}}}}}]}""");
        string cache = Path.Combine(folder.Path, "cache");
        await using OvmsServer server = await folder.StartAsync("Ready after", "--cache_dir", cache);
        (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "m", ("b", [3, 10], Count(30)));
        await Assert.That(values.SequenceEqual(Count(30, from: 1))).IsTrue();
        await Assert.That(Directory.Exists(cache) ? Directory.GetFiles(cache, "*.blob").Length : 0).IsEqualTo(kept);
    }

    [Test]
    public async Task Metrics_CountInferRequestsOfAllForms()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "m", "--batch_size", "auto", "--nireq", "3", "--metrics_enable", "--metrics_list", "ovms_infer_req_queue_size,ovms_infer_req_active,ovms_current_requests");
        await server.CallAsync(CallWay.KServeGrpc, "m", ("b", [2, 10], new float[20]));
        await server.CallAsync(CallWay.KServeGrpc, "m", ("b", [3, 10], new float[30]));
        string metrics = await server.Http.GetStringAsync("/metrics");
        await Assert.That(metrics).Contains("ovms_infer_req_queue_size{name=\"m\",version=\"1\"} 9");
        await Assert.That(metrics).Contains("ovms_infer_req_active{name=\"m\",version=\"1\"} 0");
        await Assert.That(metrics).Contains("ovms_current_requests{name=\"m\",version=\"1\"} 0");
    }

    [Test]
    public async Task BenchAndCheck_TakeAuto()
    {
        await using OvmsProcess bench = OvmsProcess.Start(["bench", "--model_path", Repo.Model("dummy"), "--concurrency", "1", "--duration", "1", "--json", "--batch_size", "auto"]);
        await Assert.That(await bench.WaitForExitAsync()).IsEqualTo(0);
        using ConfigFolder folder = new($$$"""{"model_config_list": [{"config": {"name": "m", "base_path": {{{System.Text.Json.JsonSerializer.Serialize(Repo.Model("dummy"))}}}, "shape": "{\"b\": \"auto\"}"}}]}""");
        await using OvmsProcess check = OvmsProcess.Start(["check", "--config_path", folder.File]);
        await Assert.That(await check.WaitForExitAsync()).IsEqualTo(0);
    }
}
