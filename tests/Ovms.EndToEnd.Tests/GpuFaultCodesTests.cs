using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Whatever error a GPU's driver returns, and wherever: callers read that the device failed, and not that they did.</summary>
internal sealed class GpuFaultCodesTests
{
    // Names of OpenCL's errors stand in tests/gpu; the last is no error of OpenCL.
    private static readonly int[] s_codes = [-2, -3, -4, -5, -6, -11, -14, -30, -34, -36, -61, -9999];

    [Test]
    [Arguments("enqueue", "gpu hetero batch open auto")]
    [Arguments("copy", "gpu hetero batch open auto")]
    [Arguments("alloc", "gpu hetero batch open auto")]
    [Arguments("wait", "gpu hetero batch open")]
    [Arguments("build", "auto")]
    public async Task EachError_IsTheDevices(string kind, string models)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu);
        int rows = 1;
        foreach (int code in s_codes)
        {
            gpu.Set($"{kind}_error={code}");
            foreach (string model in models.Split(' '))
            {
                // Rows that were not computed before, where the model takes them: kernels and buffers must be made for them.
                rows = model is "open" or "auto" ? rows + 1 : rows;
                FloatCallException failure = await server.RefusalAsync(CallWay.KServeGrpc, model, Input(model, rows));
                await Assert.That(failure.Status).IsEqualTo("Unavailable").Because($"{model} with {kind}_error={code}: {failure.Message}");
            }

            gpu.Set();
            await UntilNothingIsLeftBehindAsync(server);
        }

        foreach (string model in models.Split(' '))
        {
            await server.CallAsync(CallWay.KServeGrpc, model, Input(model, rows));
        }

        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task LostGpu_FailsEveryCallAsTheDevices_AndMakesTheVersionUnready()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, "--device_errors_before_unready", "3");
        gpu.Set("lost=1");
        foreach (string model in (string[])["gpu", "hetero", "batch", "open", "auto"])
        {
            for (int call = 0; call < 5; call++)
            {
                FloatCallException failure = await server.RefusalAsync(CallWay.KServeRest, model, Input(model, 7));
                await Assert.That(failure.Status).IsEqualTo("503").Because($"{model}, call {call}: {failure.Message}");
            }
        }

        await Assert.That((await server.Http.GetAsync("/v2/models/gpu/ready")).IsSuccessStatusCode).IsFalse();
        gpu.Set();
        foreach (string model in (string[])["gpu", "auto"])
        {
            await UntilAsync(async () => (await server.Http.GetAsync($"/v2/models/{model}/ready")).IsSuccessStatusCode);
        }

        // What failed while the GPU was lost is not remembered.
        await UntilNothingIsLeftBehindAsync(server);
        await server.CallAsync(CallWay.KServeRest, "auto", Input("auto", 7));
        await server.CallAsync(CallWay.KServeRest, "gpu", Input("gpu", 7));
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    private static (string, long[], float[]) Input(string model, int rows) =>
        model is "open" or "auto" ? ("b", [rows, 10], new float[rows * 10]) : ("b", [1, 10], new float[10]);

    private static async Task<OvmsServer> StartAsync(Gpu gpu, params string[] more)
    {
        string Model(string name, string settings) =>
            $$$"""{"config": {"name": "{{{name}}}", "base_path": "{{{Repo.Model("dummy")}}}", {{{settings}}}}}""";
        using ConfigFolder folder = new(
            $$"""
            {"model_config_list": [
                {{Model("gpu", """ "target_device": "GPU" """)}},
                {{Model("hetero", """ "target_device": "HETERO:GPU,CPU" """)}},
                {{Model("batch", """ "target_device": "BATCH:GPU(4)", "plugin_config": {"AUTO_BATCH_TIMEOUT": 20} """)}},
                {{Model("open", """ "target_device": "GPU", "shape": "(-1,10)" """)}},
                {{Model("auto", """ "target_device": "GPU", "batch_size": "auto" """)}}]}
            """);
        string[] arguments = ["--config_path", folder.File, "--file_system_poll_wait_seconds", "0", "--metrics_enable"];
        return await OvmsServer.StartOnAsync(
            "Ready after", gpu.Variables, [.. arguments, .. more.Length > 0 ? more : ["--device_errors_before_unready", "0"]]);
    }

    private static Task UntilNothingIsLeftBehindAsync(OvmsServer server) => UntilAsync(async () =>
        (await server.Http.GetStringAsync("/metrics")).Split('\n')
            .Where(static line => line.StartsWith("ovms_models_left_behind{", StringComparison.Ordinal))
            .All(static line => line.EndsWith(" 0", StringComparison.Ordinal)));

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
