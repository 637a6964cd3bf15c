using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests;

/// <summary>A model's form follows its load, and no call notices but by its speed.</summary>
public sealed class AdaptiveTests
{
    private const string Metrics = "ovms_model_arrangement,ovms_arrangement_changes_total,ovms_infer_req_queue_size,ovms_requests_fail";
    private const string Version = "name=\"squeezenet\",version=\"1\"";
    private static readonly int s_cpus = Environment.ProcessorCount;
    private static readonly Half[] s_image = [.. Enumerable.Range(0, 3 * 224 * 224).Select(static i => (Half)((i % 255) / 255f))];

    [Test]
    public async Task WaitingCalls_AreServedForThroughput_AndALoneCallerForLatencyAgain()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("squeezenet"), "squeezenet", "--metrics_enable", "--metrics_list", Metrics);
        Half[] alone = await CallAsync(server);
        Exposition before = await Scrape.NowAsync(server);
        await Assert.That(before[$"ovms_model_arrangement{{arrangement=\"latency\",{Version}}}"]).IsEqualTo(1);

        using CancellationTokenSource burst = new();
        Task[] callers = [.. Enumerable.Range(0, 12).Select(_ => CallUntilAsync(server, alone, burst.Token))];
        await server.Process.WaitForLineAsync(static line => line.Contains("serves for throughput now", StringComparison.Ordinal));
        await Assert.That(Regex.IsMatch(server.Process.Output, "No of InferRequests: [0-9]+; calls a second before: [1-9]")).IsTrue();
        await Assert.That(await server.Http.GetStringAsync("/v2/models/squeezenet/config")).Contains($"\"count\":{2 * s_cpus}");
        await burst.CancelAsync();
        await Task.WhenAll(callers);

        using CancellationTokenSource lone = new();
        Task caller = CallUntilAsync(server, alone, lone.Token);
        await server.Process.WaitForLineAsync(static line => line.Contains("serves for latency again", StringComparison.Ordinal));
        await lone.CancelAsync();
        await caller;

        Exposition after = await Scrape.NowAsync(server);
        await Assert.That(after[$"ovms_model_arrangement{{arrangement=\"latency\",{Version}}}"]).IsEqualTo(1);
        await Assert.That(after[$"ovms_arrangement_changes_total{{{Version}}}"]).IsGreaterThanOrEqualTo(2);
        await Assert.That(after[$"ovms_infer_req_queue_size{{{Version}}}"]).IsEqualTo(before[$"ovms_infer_req_queue_size{{{Version}}}"]);
        await Assert.That(after.All.Where(static sample => sample.Name == "ovms_requests_fail").Sum(static sample => sample.Value)).IsEqualTo(0);
    }

    [Test]
    [Arguments("--adaptive", "off")]
    [Arguments("--nireq", "2")]
    [Arguments("--plugin_config", """{"PERFORMANCE_HINT":"LATENCY"}""")]
    public async Task ModelWhoseFormWasChosen_StaysAsItIs(string option, string value)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--metrics_enable", "--metrics_list", Metrics, option, value);
        await Assert.That(await server.Http.GetStringAsync("/metrics")).DoesNotContain("ovms_model_arrangement{");
    }

    [Test]
    public async Task EntryOfAModel_SwitchesItOff()
    {
        using ConfigFolder config = new(
            """
            {"model_config_list": [
                {"config": {"name": "follows", "base_path": "${MODELS}/dummy"}},
                {"config": {"name": "stays", "base_path": "${MODELS}/dummy", "adaptive": "off"}}
            ]}
            """);
        await using OvmsServer server = await config.StartAsync("Ready after", "--metrics_enable", "--metrics_list", Metrics);
        string metrics = await server.Http.GetStringAsync("/metrics");
        await Assert.That(metrics).Contains("ovms_model_arrangement{arrangement=\"latency\",name=\"follows\",version=\"1\"} 1");
        await Assert.That(metrics).DoesNotContain("ovms_model_arrangement{arrangement=\"latency\",name=\"stays\"");
    }

    // The second form is fixed to the shapes of one caller; other shapes are answered by the first one at the same time.
    [Test]
    public async Task CallsOfOtherShapes_AreAnsweredBesideTheForm()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dynamic"), "dynamic");
        using CancellationTokenSource burst = new();
        Task[] callers = [.. Enumerable.Range(0, 12).Select(_ => DoubleUntilAsync(server, 64, burst.Token))];
        await server.Process.WaitForLineAsync(static line => line.Contains("serves for throughput now", StringComparison.Ordinal));
        for (int columns = 1; columns < 60; columns++)
        {
            await DoubleAsync(server, columns);
        }

        await burst.CancelAsync();
        await Task.WhenAll(callers);
    }

    [Test]
    public async Task ModelThatMemoryDoesNotSufficeFor_StaysAsItIs()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("squeezenet"), "squeezenet", "--adaptive_memory", "1", "--metrics_enable", "--metrics_list", Metrics);
        Half[] alone = await CallAsync(server);
        using CancellationTokenSource burst = new();
        Task[] callers = [.. Enumerable.Range(0, 12).Select(_ => CallUntilAsync(server, alone, burst.Token))];
        await server.Process.WaitForLineAsync(static line => line.Contains("there is no memory to compile it", StringComparison.Ordinal));
        await burst.CancelAsync();
        await Task.WhenAll(callers);
        Exposition after = await Scrape.NowAsync(server);
        await Assert.That(after[$"ovms_model_arrangement{{arrangement=\"throughput\",{Version}}}"]).IsEqualTo(0);
    }

    private static async Task DoubleUntilAsync(OvmsServer server, int columns, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await DoubleAsync(server, columns);
        }
    }

    private static async Task DoubleAsync(OvmsServer server, int columns)
    {
        float[] values = FloatCalls.Count(4 * columns);
        (long[]? shape, float[] answer) = await server.CallAsync(CallWay.KServeGrpc, "dynamic", ("x", [4, columns], values));
        await Assert.That(shape!.SequenceEqual([4, columns]) && answer.SequenceEqual(values.Select(static value => 2 * value))).IsTrue();
    }

    private static async Task<Half[]> CallAsync(OvmsServer server)
    {
        ModelInferResponse answer = await server.Client.ModelInferAsync(
            Requests.For("squeezenet").WithRaw("data_0", "FP16", [1, 3, 224, 224], s_image));
        return answer.Values<Half>(answer.Outputs[0].Name);
    }

    private static async Task CallUntilAsync(OvmsServer server, Half[] expected, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Half[] answer = await CallAsync(server);
            await Assert.That(answer.Zip(expected).All(static pair => Math.Abs((float)(pair.First - pair.Second)) < 1e-3f)).IsTrue();
        }
    }
}
