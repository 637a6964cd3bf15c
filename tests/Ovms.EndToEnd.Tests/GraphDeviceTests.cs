using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Graphs whose models have their devices from subconfig.json: one graph for every kind of device string, each a chain of the dummy on all of
/// them, so that an answer passes through every device.
/// </summary>
public sealed class GraphDeviceTests
{
    private static readonly ChainedModel[] s_cpu =
    [
        new("CPU", """{"NUM_STREAMS": 2}""", ["devices executing: CPU;", "streams: 2;"]),
        new("AUTO", "{}", ["devices executing: CPU;"]),
        new("AUTO:CPU", """{"PERFORMANCE_HINT": "LATENCY"}""", ["devices executing: CPU;", "hint: LATENCY;"]),
        new("HETERO:CPU", "{}", ["devices executing: CPU;"]),
        new("MULTI:CPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", ["devices executing: CPU;"]),
        new("BATCH:CPU(4)", """{"AUTO_BATCH_TIMEOUT": 5}""", ["devices executing: CPU;", "No of InferRequests: 4;"]),
    ];

    private static readonly ChainedModel[] s_aliases =
    [
        new("GPU_ON_CPU", """{"NUM_STREAMS": 2}""", ["devices executing: GPU_ON_CPU;", "streams: 2;"]),
        new("AUTO:GPU_ON_CPU,CPU", "{}", ["GPU_ON_CPU"]),
        new("AUTO:NPU_ON_CPU,GPU_ON_CPU", """{"PERFORMANCE_HINT": "CUMULATIVE_THROUGHPUT"}""", ["NPU_ON_CPU", "GPU_ON_CPU"]),
        new("HETERO:NPU_ON_CPU,CPU", "{}", ["devices executing: NPU_ON_CPU;"]),
        new("MULTI:CPU,GPU_ON_CPU", "{}", ["devices executing: "]),
        new("BATCH:NPU_ON_CPU(4)", """{"AUTO_BATCH_TIMEOUT": 5}""", ["devices executing: NPU_ON_CPU;", "No of InferRequests: 4;"]),
    ];

    private static readonly ChainedModel[] s_gpus =
    [
        new("CPU", "{}", ["devices executing: CPU;"]),
        new("GPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", ["devices executing: GPU.0;", "hint: THROUGHPUT;", "streams: 2;"]),
        new("GPU.0", """{"NUM_STREAMS": 2}""", ["devices executing: GPU.0;", "streams: 2;"]),
        new("GPU.1", "{}", ["devices executing: GPU.1;"]),
        new("AUTO", "{}", []),
        new("AUTO:GPU.1,GPU.0", "{}", ["devices executing: GPU.1;"]),
        new("HETERO:GPU.1,CPU", "{}", ["devices executing: GPU.1;"]),
        new("MULTI:GPU.0,GPU.1", "{}", ["devices executing: GPU.0, GPU.1;"]),
        new("BATCH:GPU(4)", """{"AUTO_BATCH_TIMEOUT": 5}""", ["devices executing: GPU.0;", "No of InferRequests: 4;"]),
    ];

    [Test]
    public async Task EveryKindOfDevice_OnTheCpu()
    {
        using ConfigFolder folder = Chain(s_cpu);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        await CheckAsync(server, s_cpu);
    }

    [Test]
    public async Task EveryKindOfDevice_UnderAliases()
    {
        using PluginAliases aliases = new();
        using ConfigFolder folder = Chain(s_aliases);
        await using OvmsServer server = await folder.StartAsync("Ready after", "--openvino_plugins_xml", aliases.Path);
        await CheckAsync(server, s_aliases);
    }

    [Test]
    public async Task EveryKindOfDevice_OnGpus()
    {
        using Gpu gpu = new(2);
        using ConfigFolder folder = Chain(s_gpus);
        Dictionary<string, string?> environment = new(gpu.Variables) { ["MODELS"] = folder.Environment["MODELS"] };
        await using OvmsServer server = await OvmsServer.StartOnAsync("Ready after", environment, "--config_path", folder.File);
        (ulong first, ulong second) = (gpu.Starts(0), gpu.Starts(1));
        await CheckAsync(server, s_gpus);
        await Assert.That(gpu.Starts(0)).IsGreaterThan(first);
        await Assert.That(gpu.Starts(1)).IsGreaterThan(second);
    }

    [Test]
    public async Task EditOfSubconfig_LoadsTheModelOnItsNewDevice()
    {
        ChainedModel[] models = [new("CPU", "{}", ["devices executing: CPU;"])];
        using ConfigFolder folder = Chain(models);
        await using OvmsServer server = await folder.StartAsync("Ready after", "--file_system_poll_wait_seconds", "0");
        await CheckAsync(server, models);
        models = [new("HETERO:CPU", """{"NUM_STREAMS": 2}""", ["streams: 2;"])];
        folder.Write("g/subconfig.json", Subconfig(models));
        using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(reloaded.IsSuccessStatusCode).IsTrue();
        await CheckAsync(server, models);
    }

    [Test]
    [Arguments("servable_name: \"m0\"", "servable_name: \"m0\" device: \"GPU\"", "OpenVINOModelServerSessionCalculatorOptions has no field device")]
    [Arguments("servable_name: \"m0\"", "servable_name: \"m0\" plugin_config: '{\"NUM_STREAMS\": \"2\"}'", "OpenVINOModelServerSessionCalculatorOptions has no field plugin_config")]
    [Arguments("tag_to_input", "device: \"GPU\" tag_to_input", "OpenVINOInferenceCalculatorOptions has no field device")]
    [Arguments("tag_to_input", "plugin_config: '{}' tag_to_input", "OpenVINOInferenceCalculatorOptions has no field plugin_config")]
    [Arguments("tag_to_input", "target_device: \"GPU\" tag_to_input", "OpenVINOInferenceCalculatorOptions has no field target_device")]
    public async Task DeviceOnANode_IsRefusedWithWhereItBelongs(string good, string bad, string told)
    {
        string sentence = told + "; it belongs to the model in subconfig.json, as target_device or plugin_config";
        ChainedModel[] models = [new("CPU", "{}", [])];
        using ConfigFolder folder = Chain(models);
        folder.Write("g/graph.pbtxt", Graph(models).Replace(good, bad, StringComparison.Ordinal));
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains(sentence);

        // The server stays up: its models serve.
        await using OvmsServer server = await folder.StartAsync(sentence);
        await server.CheckDummyAsync("m0");
    }

    private static async Task CheckAsync(OvmsServer server, ChainedModel[] models)
    {
        for (int i = 0; i < models.Length; i++)
        {
            string beginning = $"Loaded model m{i}; version: 1; device requested: {models[i].Device};";
            string line = await server.Process.WaitForLineAsync(line => line.Contains(beginning, StringComparison.Ordinal));
            foreach (string part in models[i].Told)
            {
                await Assert.That(line).Contains(part);
            }
        }

        IEnumerable<Task<ModelInferResponse>> calls = Enumerable.Range(0, 16).Select(call => server.Client.ModelInferAsync(
            Requests.For("g").WithRaw("s0", "FP32", [1, 10], FloatCalls.Count(10, call))).ResponseAsync);
        int made = 0;
        foreach (ModelInferResponse answer in await Task.WhenAll(calls))
        {
            float[] right = FloatCalls.Count(10, made++ + models.Length);
            await Assert.That(answer.Values<float>($"s{models.Length}").SequenceEqual(right)).IsTrue();
        }
    }

    private static ConfigFolder Chain(ChainedModel[] models)
    {
        ConfigFolder folder = new("""{"model_config_list": [], "mediapipe_config_list": [{"name": "g"}]}""");
        folder.Write("g/graph.pbtxt", Graph(models));
        folder.Write("g/subconfig.json", Subconfig(models));
        return folder;
    }

    private static string Graph(ChainedModel[] models) => GraphText.Edge(["s0"], [$"s{models.Length}"])
        + string.Concat(models.Select(static (_, i) => GraphText.Infer($"m{i}", [$"B:s{i}=b"], [$"A:s{i + 1}=a"])));

    private static string Subconfig(ChainedModel[] models)
    {
        IEnumerable<string> entries = models.Select(static (model, i) => $$$"""
            {"config": {"name": "m{{{i}}}", "base_path": "${MODELS}/dummy", "target_device": "{{{model.Device}}}", "plugin_config": {{{model.Config}}}}}
            """);
        return $$"""{"model_config_list": [{{string.Join(",\n", entries)}}]}""";
    }

    /// <summary>A model of a chain.</summary>
    /// <param name="Device">Its target_device.</param>
    /// <param name="Config">Its plugin_config.</param>
    /// <param name="Told">What the line of its load says.</param>
    private sealed record ChainedModel(string Device, string Config, string[] Told);
}
