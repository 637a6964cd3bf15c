using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Every device mode on a machine that has only a CPU, with and without the OpenCL loader.</summary>
public sealed partial class DeviceModeTests
{
    private static readonly float[] s_input = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Test]
    [MatrixDataSource]
    public async Task ModeThatACpuCanServe_Serves(
        [Matrix("CPU", "AUTO", "AUTO:CPU", "HETERO:CPU", "MULTI:CPU", "BATCH:CPU", "BATCH:CPU(16)")] string device,
        [Matrix(true, false)] bool openCl)
    {
        string log = await ServeAndInferAsync("dummy", OpenCl.Environment(openCl), "--target_device", device);
        await Assert.That(Warnings(log)).IsEmpty();
        await Assert.That(Executing(log)).IsEquivalentTo(["CPU"]);
    }

    [Test]
    [MatrixDataSource]
    public async Task FallbackPromised_ServesOnCpuWithOneWarning(
        [Matrix("AUTO:GPU,CPU", "MULTI:GPU,CPU", "HETERO:CPU,GPU")] string device,
        [Matrix(true, false)] bool openCl)
    {
        string log = await ServeAndInferAsync("dummy", OpenCl.Environment(openCl), "--target_device", device);
        string warning = await Assert.That(Warnings(log)).HasSingleItem();
        await Assert.That(warning).Contains("GPU");
        await Assert.That(Executing(log)).IsEquivalentTo(["CPU"]);
    }

    [Test]
    [MatrixDataSource]
    public async Task DeviceThatIsNotThere_EndsWithWhatIsMissing(
        [Matrix("GPU", "GPU.1", "NPU", "HETERO:GPU,CPU", "AUTO:GPU", "BATCH:GPU(4)")] string device,
        [Matrix(true, false)] bool openCl)
    {
        (int code, string text) = await RunToEndAsync(device, OpenCl.Environment(openCl));
        await Assert.That(code).IsEqualTo(1).Because(text);
        await Assert.That(text).Contains(device);
        await Assert.That(text).Contains(device == "NPU" ? "/dev/accel" : "/dev/dri");
        if (device != "NPU" && !openCl)
        {
            await Assert.That(text).Contains("libOpenCL.so.1");
        }

        await Assert.That(text).DoesNotContain("   at ");
    }

    [Test]
    [Arguments("FPGA", 1, "FPGA")]
    [Arguments("cpu", 1, "CPU")]
    [Arguments("CPU,GPU", 64, "HETERO:")]
    [Arguments("HETERO:", 64, "HETERO:")]
    [Arguments("BATCH:CPU(0)", 64, "BATCH:CPU")]
    [Arguments("BATCH:CPU(x)", 64, "BATCH:CPU")]
    public async Task DeviceThatCannotBe_EndsWithTheFormsThatExist(string device, int expected, string part)
    {
        (int code, string text) = await RunToEndAsync(device, new Dictionary<string, string?>());
        await Assert.That(code).IsEqualTo(expected).Because(text);
        await Assert.That(text).Contains(part);
        await Assert.That(text).Contains("AUTO:");
    }

    [Test]
    [Arguments("HETERO:GPU_ON_CPU,CPU", "", "GPU_ON_CPU")]
    [Arguments("HETERO:CPU,GPU_ON_CPU", "", "CPU")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", "LATENCY", "GPU_ON_CPU")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", "THROUGHPUT", "GPU_ON_CPU")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", "CUMULATIVE_THROUGHPUT", "GPU_ON_CPU,CPU")]
    [Arguments("MULTI:GPU_ON_CPU,CPU", "", "GPU_ON_CPU,CPU")]
    [Arguments("MULTI:CPU,NPU_ON_CPU", "", "CPU,NPU_ON_CPU")]
    [Arguments("BATCH:NPU_ON_CPU(4)", "", "NPU_ON_CPU")]
    public async Task SeveralRealDevices_Serve(string device, string hint, string oneOf)
    {
        using PluginAliases aliases = new();
        string[] more = hint.Length == 0 ? [] : ["--plugin_config", $$"""{"PERFORMANCE_HINT": "{{hint}}"}"""];
        string log = await ServeAndInferAsync("dummy", null, ["--openvino_plugins_xml", aliases.Path, "--target_device", device, .. more]);
        string[] executing = Executing(log);
        await Assert.That(executing).HasSingleItem();
        await Assert.That(oneOf.Split(',')).Contains(executing[0]);
    }

    [Test]
    public async Task BatchOverADynamicModel_IsRefusedAtLoad()
    {
        (int code, string text) = await RunToEndAsync("BATCH:CPU", new Dictionary<string, string?>(), "dynamic");
        await Assert.That(code).IsEqualTo(1).Because(text);
        await Assert.That(text).Contains("dynamic");
        await Assert.That(text).Contains("--shape");
    }

    [Test]
    [Arguments("""{"NUM_STREAM": "2"}""", "NUM_STREAMS")]
    [Arguments("""{"PERFORMANCE_HINT": "FAST"}""", "FAST")]
    [Arguments("""{"NUM_STREAMS": "abc"}""", "NUM_STREAMS")]
    [Arguments("""["NUM_STREAMS"]""", "object")]
    public async Task FaultyPluginConfig_IsNamed(string config, string part)
    {
        (int code, string text) = await RunToEndAsync("CPU", new Dictionary<string, string?>(), "dummy", "--plugin_config", config);
        await Assert.That(code).IsEqualTo(1).Because(text);
        await Assert.That(text).Contains(part);
    }

    [Test]
    public async Task StreamsTogetherWithAHint_GiveOneWarningAndStreamsWin()
    {
        string log = await ServeAndInferAsync("dummy", null, "--plugin_config", """{"NUM_STREAMS": 2, "PERFORMANCE_HINT": "LATENCY"}""");
        string warning = await Assert.That(Warnings(log)).HasSingleItem();
        await Assert.That(warning).Contains("NUM_STREAMS");
        await Assert.That(warning).Contains("PERFORMANCE_HINT");
        await Assert.That(log).Contains("streams: 2");
    }

    [Test]
    public async Task LegacyKey_IsTranslatedWithAWarning()
    {
        string log = await ServeAndInferAsync("dummy", null, "--plugin_config", """{"CPU_THROUGHPUT_STREAMS": 2}""");
        await Assert.That(Warnings(log).Single()).Contains("NUM_STREAMS");
        await Assert.That(log).Contains("streams: 2");
    }

    [Test]
    [Arguments("""{"AUTO_BATCH_TIMEOUT": 300}""")]
    [Arguments("""{"AUTO_BATCH_TIMEOUT": "300"}""")]
    public async Task SixteenCallers_RideInOneBatch(string config)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--target_device", "BATCH:CPU(16)", "--nireq", "16", "--plugin_config", config);
        Task<ModelInferResponse>[] calls = [.. Enumerable.Range(0, 16).Select(i => server.Client.ModelInferAsync(
            Requests.For("dummy").WithRaw("b", "FP32", [1, 10], s_input.Select(value => value + i).ToArray())).ResponseAsync)];
        for (int i = 0; i < calls.Length; i++)
        {
            await Assert.That((await calls[i]).Values<float>("a")).IsEquivalentTo(s_input.Select(value => value + i + 1));
        }

        // One alone waits for company until the timeout and is then answered, too.
        ModelInferResponse alone = await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], s_input));
        await Assert.That(alone.Values<float>("a")[0]).IsEqualTo(2f);
    }

    private static async Task<string> ServeAndInferAsync(string model, IReadOnlyDictionary<string, string?>? environment, params string[] more)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model(model), model, environment, more);
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For(model).WithRaw("b", "FP32", [1, 10], s_input));
        await Assert.That(response.Values<float>("a")).IsEquivalentTo(s_input.Select(static value => value + 1));
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        return server.Process.Output;
    }

    private static async Task<(int Code, string Text)> RunToEndAsync(
        string device, IReadOnlyDictionary<string, string?> environment, string model = "dummy", params string[] more)
    {
        await using OvmsServer server = OvmsServer.Launch(Repo.Model(model), model, environment, ["--target_device", device, .. more]);
        int code = await server.Process.WaitForExitAsync();
        return (code, server.Process.Output + server.Process.Errors);
    }

    private static string[] Warnings(string log) => [.. log.Split('\n').Where(static line => line.Contains("][warning][", StringComparison.Ordinal))];

    private static string[] Executing(string log) => ExecutingPattern().Match(log).Groups[1].Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("devices executing: ([^;]*);")]
    private static partial Regex ExecutingPattern();
}
