using System.Text.Json.Nodes;
using Google.Protobuf;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>AUTO and MULTI change their devices while they serve: it is told, and a model that lost its GPU comes back to it.</summary>
internal sealed class GpuChangeDevicesTests
{
    private const string Throughput = """{"PERFORMANCE_HINT": "THROUGHPUT"}""";

    [Test]
    public async Task HandOverToTheGpu_IsToldAndTheInferRequestsGrow()
    {
        using Gpu gpu = new();
        gpu.Set("build_delay_ms=600000");
        await using OvmsServer server = await StartAsync(gpu, "AUTO:GPU,CPU");
        await Assert.That(await DevicesToldAsync(server)).IsEqualTo("(CPU)");
        double before = await MetricAsync(server, "ovms_infer_req_queue_size");
        string metadata = await MessagesAsync(server);
        gpu.Set();
        await server.Process.WaitForLineAsync(static line => line.Contains("devices executing: GPU.0; before: (CPU);"));
        await server.Process.WaitForLineAsync(static line => line.Contains("first inference with zeros on GPU.0: well;"));
        await Assert.That(await DevicesToldAsync(server)).IsEqualTo("GPU.0");
        await Assert.That(await MetricAsync(server, "ovms_infer_req_queue_size")).IsGreaterThan(before);
        await Assert.That(await MetricAsync(server, "ovms_streams")).IsEqualTo(2).Because("the GPU plugin finds two streams useful");
        await Assert.That(await MessagesAsync(server)).IsEqualTo(metadata);

        // As many calls at the same time as there are infer requests now.
        await server.CheckDummyAsync("dummy", calls: 16);
        await Assert.That(server.Process.Output).DoesNotContain("runs on CPU only");
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    [Arguments("AUTO:GPU,CPU", "GPU.0", "enqueue_error=CL_OUT_OF_RESOURCES", "; threads: -; hint: THROUGHPUT; precision: f16;")]
    [Arguments("MULTI:GPU,CPU", "GPU.0, CPU", "wait_error=CL_OUT_OF_RESOURCES", "; threads: CPU ")]
    public async Task FallToTheCpu_IsAWarningAndTheWayBackIsTakenWithoutAFailedCall(
        string device, string well, string fault, string figures)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, device);
        await CallUntilAsync(server, async () => await DevicesToldAsync(server) == well);
        gpu.Set(fault);
        await CallUntilAsync(server, async () => await DevicesToldAsync(server) == "CPU");
        string fall = await server.Process.WaitForLineAsync(static line => line.Contains("[warning][serving] Model dummy; version: 1 runs on CPU only"));
        await Assert.That(fall).Contains($"device requested: {device}; before: {well}.");
        await Assert.That(server.Process.Output).DoesNotContain("streams: 0");
        await Assert.That(await MetricAsync(server, "ovms_streams")).IsGreaterThan(0);
        await server.Process.WaitForLineAsync(static line => line.Contains("does not run on a better device yet, attempt 1:"));
        gpu.Set();
        await CallUntilAsync(server, async () => await DevicesToldAsync(server) == well);
        await server.Process.WaitForLineAsync(line => line.Contains($"Model dummy; version: 1 was loaded again and runs on {well}; before: CPU"));

        // Its figures are those of the devices that it names.
        string[] loads = [.. server.Process.Output.Split('\n').Where(static line => line.Contains("Loaded model dummy;", StringComparison.Ordinal))];
        await Assert.That(loads[^1]).Contains($"devices executing: {well};").And.Contains(figures);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("][error][");
    }

    [Test]
    public async Task GpuThatFailsAtTheHandOver_IsNotCalledWell()
    {
        using Gpu gpu = new();
        gpu.Set("build_delay_ms=600000");
        await using OvmsServer server = await StartAsync(gpu, "AUTO:GPU,CPU");
        gpu.Set("enqueue_error=CL_OUT_OF_RESOURCES");
        string told = await server.Process.WaitForLineAsync(static line => line.Contains("first inference with zeros on GPU.0: "));
        await Assert.That(told).Contains("on GPU.0: failed there, so that AUTO:GPU,CPU left it and computed on CPU; it took");
        await server.Process.WaitForLineAsync(static line => line.Contains("devices executing: CPU; before: GPU.0;"));
        await server.CheckDummyAsync("dummy", calls: 4);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task Variants_AreFollowedLikeTheirModel()
    {
        const string Other = "Model dummy; version: 1, compiled for other shapes; devices executing: ";
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, "AUTO:GPU,CPU", "--batch_size", "auto");
        await server.Process.WaitForLineAsync(static line => line.Contains("Model dummy; version: 1; devices executing: GPU.0; before: (CPU);"));
        double own = await MetricAsync(server, "ovms_infer_req_queue_size");
        gpu.Set("build_delay_ms=600000");
        await CallThreeRowsAsync(server);
        double before = await MetricAsync(server, "ovms_infer_req_queue_size");
        gpu.Set();
        await server.Process.WaitForLineAsync(static line => line.Contains($"{Other}GPU.0; before: (CPU);"));
        await Assert.That(await MetricAsync(server, "ovms_infer_req_queue_size")).IsGreaterThan(before);
        await Assert.That(before).IsGreaterThan(own);

        // The variant falls, and comes back at the first call after its time.
        gpu.Set("enqueue_error=CL_OUT_OF_RESOURCES");
        await CallThreeRowsAsync(server);
        await server.Process.WaitForLineAsync(static line => line.Contains($"{Other}CPU; before: GPU.0;"));
        gpu.Set();
        await server.Process.WaitForLineAsync(static line => line.Contains("compiled for other shapes it ran on CPU only; the next call of these shapes compiles it again"));
        ulong starts = gpu.Starts(0);
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (gpu.Starts(0) == starts)
        {
            await Assert.That(patience.IsCancellationRequested).IsFalse().Because(server.Process.Output);
            await CallThreeRowsAsync(server);
        }

        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);

        static async Task CallThreeRowsAsync(OvmsServer server)
        {
            (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "dummy", ("b", [3, 10], FloatCalls.Count(30)));
            await Assert.That(values[29]).IsEqualTo(30f);
        }
    }

    private static Task<OvmsServer> StartAsync(Gpu gpu, string device, params string[] more) => OvmsServer.StartAsync(
        Repo.Model("dummy"),
        "dummy",
        gpu.Variables,
        ["--target_device",
        device,
        "--plugin_config",
        Throughput,
        "--metrics_list",
        "ovms_model_devices,ovms_infer_req_queue_size,ovms_streams",
        "--metrics_enable",
        .. more]);

    private static async Task CallUntilAsync(OvmsServer server, Func<Task<bool>> holds)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (!await holds())
        {
            await Assert.That(patience.IsCancellationRequested).IsFalse().Because(server.Process.Output);
            await server.CheckDummyAsync("dummy");
        }
    }

    // All places tell the same, or the test fails. A change between two questions is asked again.
    private static async Task<string> DevicesToldAsync(OvmsServer server)
    {
        for (int i = 0; ; i++)
        {
            JsonNode metadata = JsonNode.Parse(await server.Http.GetStringAsync("/v2/models/dummy"))!;
            JsonNode config = JsonNode.Parse(await server.Http.GetStringAsync("/v2/models/dummy/config"))!;
            ModelConfigResponse message = await server.Client.ModelConfigAsync(new() { Name = "dummy" });
            string[] told =
            [
                $"{metadata["rt_info"]!["EXECUTION_DEVICES"]}",
                $"{config["parameters"]!["EXECUTION_DEVICES"]!["string_value"]}",
                message.Config.Parameters["EXECUTION_DEVICES"].StringValue,
                await SeriesAsync(server, "ovms_model_devices{devices=\""),
            ];
            if (told.Distinct().Count() == 1 || i == 10)
            {
                await Assert.That(told.Distinct()).HasSingleItem();
                return told[0];
            }
        }
    }

    // What no change of devices may change.
    private static async Task<string> MessagesAsync(OvmsServer server) =>
        await server.Http.GetStringAsync("/v1/models/dummy/metadata")
        + await server.Http.GetStringAsync("/v1/models/dummy")
        + await server.Http.GetStringAsync("/v1/config")
        + (await server.Client.ModelMetadataAsync(new() { Name = "dummy" })).ToByteString().ToBase64();

    private static async Task<string> SeriesAsync(OvmsServer server, string start)
    {
        string series = (await server.Http.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal));
        await Assert.That(series).EndsWith(" 1");
        return series[start.Length..series.IndexOf('"', start.Length)];
    }

    private static async Task<double> MetricAsync(OvmsServer server, string name) => double.Parse(
        (await server.Http.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith(name + "{", StringComparison.Ordinal)).Split(' ')[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
