using Ovms.EndToEnd.Tests.Harness;
using static Ovms.EndToEnd.Tests.Harness.FloatCalls;

namespace Ovms.EndToEnd.Tests;

/// <summary>The inference with zeros at load: a model that its device cannot compute is not served, and the reason is told.</summary>
internal sealed class GpuWarmTests
{
    private const string Broken = "enqueue_error=CL_OUT_OF_RESOURCES";

    [Test]
    [Arguments("GPU")]
    [Arguments("HETERO:GPU,CPU")]
    [Arguments("BATCH:GPU(2)")]
    [Arguments("AUTO:GPU")]
    public async Task DeviceThatFailsAtTheFirstInference_FailsTheLoadWithItsReason(string device)
    {
        using Gpu gpu = new();
        gpu.Set(Broken);
        await using OvmsServer server = OvmsServer.Launch(Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", device);

        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(1);
        await Assert.That(server.Process.Output)
            .Contains($"{device}: the model was compiled, but a first inference with zeros failed: [GPU] CL_OUT_OF_RESOURCES");
        await Assert.That(server.Process.Output).DoesNotContain("Loaded model");
    }

    [Test]
    [Arguments("AUTO:GPU.1,CPU", "AUTO:CPU")]
    [Arguments("MULTI:CPU,GPU.0", "MULTI:CPU")]
    public async Task AutoAndMulti_GoOnWithTheNextDevice(string device, string left)
    {
        using Gpu gpu = new(2);
        gpu.Set(Broken);

        // AUTO would serve on the CPU first and see its GPU later, and hide that it fails.
        string[] more = device.StartsWith("AUTO", StringComparison.Ordinal)
            ? ["--plugin_config", """{"PERFORMANCE_HINT": "CUMULATIVE_THROUGHPUT", "ENABLE_RUNTIME_FALLBACK": false}"""]
            : [];
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, ["--target_device", device, .. more]);

        await Assert.That(server.Process.Output).Contains($"; {device} goes on as {left}");
        await server.CheckDummyAsync("dummy", 4);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task WarmUp_ComputesBeforeTheFirstCall_UnlessItIsOff()
    {
        ulong[] starts = new ulong[2];
        for (int i = 0; i < starts.Length; i++)
        {
            using Gpu gpu = new();
            await using OvmsServer server = await OvmsServer.StartAsync(
                Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", "GPU", "--warmup", i == 0 ? "off" : "auto");
            starts[i] = gpu.Starts(0);
            await Assert.That(server.Process.Output).Contains(i == 0 ? "; warm-up: off;" : "; warm-up: 0.");
        }

        await Assert.That(starts[1]).IsGreaterThan(starts[0]);
    }

    [Test]
    public async Task WarmUp_IsChosenPerModel_AndTheReasonReachesEveryApi()
    {
        using Gpu gpu = new();
        gpu.Set(Broken);
        using ConfigFolder folder = new(
            """
            {"model_config_list": [
              {"config": {"name": "cold", "base_path": "${MODELS}/dummy", "target_device": "GPU", "warmup": "off"}},
              {"config": {"name": "cpu", "base_path": "${MODELS}/dummy", "warmup": "on"}},
              {"config": {"name": "broken", "base_path": "${MODELS}/dummy", "target_device": "GPU"}}]}
            """);
        await using OvmsServer server = await OvmsServer.StartOnAsync(
            "Model broken; version: 1 cannot be served",
            new Dictionary<string, string?>(gpu.Variables.Concat(folder.Environment)),
            "--config_path",
            folder.File);
        string cold = await server.Process.WaitForLineAsync(static line => line.Contains("Loaded model cold;", StringComparison.Ordinal));
        string cpu = await server.Process.WaitForLineAsync(static line => line.Contains("Loaded model cpu;", StringComparison.Ordinal));

        await Assert.That(cold).Contains("; warm-up: off;");
        await Assert.That(cpu).Contains("; warm-up: 0.");
        await server.CheckDummyAsync("cpu");
        foreach (CallWay way in Enum.GetValues<CallWay>())
        {
            FloatCallException refusal = await server.RefusalAsync(way, "broken", ("b", [1, 10], Count(10)));
            await Assert.That(refusal.Status).IsEqualTo(way is CallWay.KServeGrpc or CallWay.TfsGrpc ? "Unavailable" : "503");
            await Assert.That(refusal.Text)
                .Contains("a first inference with zeros failed: [GPU] CL_OUT_OF_RESOURCES")
                .Because($"{way} says why the model is not loaded");
        }
    }

    [Test]
    public async Task ZerosThatTheModelCannotCompute_AreNoFailure()
    {
        // It reshapes any number of values into two rows, which one value does not fill.
        using ConfigFolder folder = new("{}");
        folder.Write("1/rows.xml", Rows);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "1", "rows.bin"), [2, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Repeat(byte.MaxValue, 8)]);
        await using OvmsServer server =
            await OvmsServer.StartAsync(folder.Path, "rows", "--warmup", "on", "--log_level", "DEBUG", "--nireq", "2");

        await Assert.That(server.Process.Output).Contains("does not compute with zeros of its least shapes: ");
        await Assert.That(server.Process.Output).Contains("; warm-up: 0.").And.Contains(" s, without a result;");
        foreach (CallWay way in Enum.GetValues<CallWay>())
        {
            (_, float[] values) = await server.CallAsync(way, "rows", ("x", [6], Count(6)));
            await Assert.That(values.SequenceEqual(Count(6))).IsTrue();
        }
    }

    [Test]
    [Arguments("GPU", "GPU: input my_name is of type string, with which GPU cannot compute. Use CPU as target device")]
    [Arguments("BATCH:GPU(4)", "with which GPU cannot compute")]
    [Arguments("AUTO:GPU.0", "with which GPU.0 cannot compute")]
    [Arguments("HETERO:GPU.0", "with which GPU.0 cannot compute")]
    public async Task Strings_OnGpu_AreRefusedByNameAtLoadAndByCheck(string device, string text)
    {
        using Gpu gpu = new();
        string[] arguments = ["--model_path", Repo.Model("passthrough_string"), "--model_name", "text", "--target_device", device];

        (int loaded, string log, _) = await OvmsProcess.RunAsync(["--rest_port", $"{FreePort.Next()}", .. arguments], gpu.Variables);
        (int code, string report, _) = await OvmsProcess.RunAsync(["check", .. arguments], gpu.Variables);

        await Assert.That(loaded).IsEqualTo(1);
        await Assert.That(log).Contains(text);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(report).Contains(text);
    }

    [Test]
    [Arguments("AUTO:GPU,CPU")]
    [Arguments("HETERO:GPU,CPU")]
    [Arguments("HETERO:CPU,GPU")]
    public async Task Strings_WithTheCpuBeside_AreComputedOnIt(string device)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("passthrough_string"), "text", gpu.Variables, "--target_device", device);
        using StringContent body = new("""{"inputs": ["one", "two"]}""");

        using HttpResponseMessage answer = await server.Http.PostAsync("/v1/models/text:predict", body);

        await Assert.That(await answer.Content.ReadAsStringAsync()).Contains("two");
        await Assert.That(server.Process.Output).Contains("devices executing: CPU;");
    }

    private const string Rows =
        """
        <?xml version="1.0"?>
        <net name="rows" version="11">
          <layers>
            <layer id="0" name="x" type="Parameter" version="opset1"><data shape="?" element_type="f32"/>
              <output><port id="0" precision="FP32" names="x"><dim>-1</dim></port></output></layer>
            <layer id="1" name="two" type="Const" version="opset1"><data element_type="i64" shape="2" offset="0" size="16"/>
              <output><port id="0" precision="I64"><dim>2</dim></port></output></layer>
            <layer id="2" name="y" type="Reshape" version="opset1"><data special_zero="false"/>
              <input><port id="0" precision="FP32"><dim>-1</dim></port><port id="1" precision="I64"><dim>2</dim></port></input>
              <output><port id="2" precision="FP32" names="y"><dim>2</dim><dim>-1</dim></port></output></layer>
            <layer id="3" name="result" type="Result" version="opset1">
              <input><port id="0" precision="FP32"><dim>2</dim><dim>-1</dim></port></input></layer>
          </layers>
          <edges>
            <edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
            <edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
            <edge from-layer="2" from-port="2" to-layer="3" to-port="0"/>
          </edges>
        </net>
        """;
}
