using Ovms.Options;

namespace Ovms.Tests.Options;

/// <summary>Each rule with the text that users of the original know.</summary>
public class OptionRulesTests
{
    private static readonly HostFacts s_linux = new(4, IsWindows: false, static path => path == "/there");
    private static readonly ServerOptions s_server = new() { Port = 9000 };
    private static readonly ModelOptions s_model = new() { ModelName = "m", ModelPath = "/models/m" };

    [Test]
    public async Task GoodOptions_BreakNoRule() =>
        await Breaks(s_server, s_model);

    [Test]
    public async Task NoPort_IsRefused() =>
        await Breaks(s_server with { Port = 0 }, s_model, "port and rest_port cannot both be unset");

    [Test]
    public async Task RestPortAlone_IsEnough() =>
        await Breaks(s_server with { Port = 0, RestPort = 8000 }, s_model);

    [Test]
    [Arguments("/")]
    [Arguments("/mine")]
    [Arguments("mine_")]
    public async Task SharedMemoryPrefix_IsTaken(string prefix) => await Breaks(s_server with { AllowSharedMemory = prefix }, s_model);

    [Test]
    [Arguments("a/b")]
    [Arguments("//a")]
    [Arguments("/a/")]
    public async Task SharedMemoryPrefixOfAPath_IsRefused(string prefix) => await Breaks(
        s_server with { AllowSharedMemory = prefix }, s_model,
        $"allow_shared_memory: {prefix}; expected the beginning of a key, with no / but a first one, because no key has another");

    [Test]
    public async Task IsolationOnWindows_IsRefused() => await Assert
        .That(OptionRules.Check(Given(s_server with { IsolateCustomNodes = true }, s_model), s_linux with { IsWindows = true }))
        .IsEquivalentTo(["isolate_custom_nodes is for Linux; leave the option out: on Windows custom node libraries run in the server"]);

    [Test]
    public async Task SharedMemoryOnWindows_IsRefused() => await Assert
        .That(OptionRules.Check(Given(s_server with { AllowSharedMemory = "mine" }, s_model), s_linux with { IsWindows = true }))
        .IsEquivalentTo(["allow_shared_memory is for Linux: Windows has no shared memory of this kind; leave the option out"]);

    [Test]
    [Arguments("/g", "")]
    [Arguments("", "/r")]
    [Arguments("/g", "/r")]
    public async Task SocketsAlone_AreEnough(string grpc, string rest) =>
        await Breaks(s_server with { Port = 0, GrpcUds = grpc, RestUds = rest }, s_model);

    [Test]
    public async Task EqualSockets_AreRefused() =>
        await Breaks(s_server with { GrpcUds = "/s", RestUds = "/s" }, s_model, "grpc_uds and rest_uds cannot have the same values");

    [Test]
    public async Task RestWorkersWithARestSocket_AreTaken() =>
        await Breaks(s_server with { RestUds = "/r", RestWorkers = 4 }, s_model);

    [Test]
    public async Task EqualPorts_AreRefused() =>
        await Breaks(s_server with { RestPort = 9000 }, s_model, "port and rest_port cannot have the same values");

    [Test]
    public async Task RestWorkersWithoutRestPort_AreRefused() =>
        await Breaks(s_server with { RestWorkers = 4 }, s_model, "rest_workers is set but rest_port is not set. rest_port is required to start rest servers");

    [Test]
    [Arguments(170L, 26u, 25L)]
    [Arguments(20L, 3u, 2L)]
    public async Task RestWorkersBeyondTheOpenFiles_AreRefused(long files, uint workers, long most)
    {
        HostFacts host = s_linux with { OpenFilesLimit = files };
        ServerOptions server = s_server with { RestPort = 8000, RestWorkers = workers };
        await Assert.That(OptionRules.Check(Given(server, s_model), host)).IsEquivalentTo([$"rest_workers count should be from 2 to {most} : this process may open {files} files"]);
        await Assert.That(OptionRules.Check(Given(server with { RestWorkers = (uint)most }, s_model), host)).IsEmpty();
    }

    [Test]
    [Arguments("Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 1048576              files     ", 1024L)]
    [Arguments("Max open files            unlimited            unlimited            files     ", null)]
    [Arguments("Max processes             5                    5                    processes ", null)]
    [Arguments("", null)]
    public async Task OpenFilesLimit_IsTheOneInForce(string limits, long? expected) =>
        await Assert.That(HostFacts.ParseLimit(limits.Split('\n'), "Max open files")).IsEqualTo(expected);

    [Test]
    [Arguments(0u)]
    [Arguments(5u)]
    public async Task GrpcWorkersOutsideTheCores_AreRefused(uint workers) =>
        await Breaks(s_server with { GrpcWorkers = workers }, s_model, "grpc_workers count should be from 1 to CPU core count : 4");

    [Test]
    public async Task GrpcWorkersWithinTheCores_AreTaken() =>
        await Breaks(s_server with { GrpcWorkers = 4 }, s_model);

    [Test]
    public async Task SeveralGrpcWorkersOnWindows_AreRefused() =>
        await Assert.That(OptionRules.Check(Given(s_server with { GrpcWorkers = 2 }, s_model), s_linux with { IsWindows = true }))
            .IsEquivalentTo(["grpc_workers count can only be 1 on Windows"]);

    [Test]
    public async Task MissingFiles_AreNamed()
    {
        await Breaks(
            s_server with { CpuExtension = "/not/there.so", OpenVinoPluginsXml = "/nor/there.xml" },
            s_model,
            "File path provided as an --cpu_extension parameter does not exist in the filesystem: /not/there.so",
            "File path provided as an --openvino_plugins_xml parameter does not exist in the filesystem: /nor/there.xml");
        await Breaks(s_server with { CpuExtension = "/there" }, s_model);
    }

    [Test]
    [Arguments("", "")]
    [Arguments("m", "")]
    [Arguments("", "/models/m")]
    public async Task NameAndPath_AreBothNeeded(string name, string path) =>
        await Breaks(
            s_server,
            new ModelOptions { ModelName = name, ModelPath = path },
            "Use config_path or model_path with model_name",
            "  one model: --model_name NAME --model_path PATH; several: --config_path FILE, or --model_repository_path FOLDER");

    [Test]
    public async Task PreprocessingWithoutLayout_IsRefused()
    {
        ModelOptions model = s_model with { Mean = "1", Scale = "2", ColorFormat = "RGB:BGR", Precision = "FP32:UINT8" };
        await Breaks(
            s_server,
            model,
            "error parsing options - --mean parameter requires --layout to be set",
            "error parsing options - --scale parameter requires --layout to be set",
            "error parsing options - --color_format parameter requires --layout to be set",
            "error parsing options - --precision parameter requires --layout to be set");
        await Breaks(s_server, model with { Layout = "NHWC" });
    }

    [Test]
    public async Task Metrics_NeedToBeEnabledAndAPort()
    {
        await Breaks(s_server with { MetricsEnable = true, MetricsList = "ovms_streams", Port = 1, RestPort = 0 }, s_model, "rest_port setting is missing, metrics are enabled on rest port");
        await Breaks(s_server with { MetricsList = "ovms_streams", RestPort = 2 }, s_model, "metrics_enable setting is missing, required when metrics_list is provided");
        await Breaks(s_server with { MetricsEnable = true, MetricsList = "ovms_streams", RestPort = 2 }, s_model);
    }

    [Test]
    [Arguments("max_sequence_number")]
    [Arguments("low_latency_transformation")]
    [Arguments("idle_sequence_cleanup")]
    public async Task SequenceOptionsWithoutStateful_AreRefused(string option)
    {
        GivenOptions given = Given(s_server, s_model) with { ModelTexts = new Dictionary<string, string> { [option] = "1" } };
        await Assert.That(OptionRules.Check(given, s_linux))
            .IsEquivalentTo(["Setting low_latency_transformation, max_sequence_number and idle_sequence_cleanup require setting stateful flag for the model."]);
        given = given with { ModelTexts = new Dictionary<string, string> { [option] = "1", ["stateful"] = "true" } };
        await Assert.That(OptionRules.Check(given, s_linux)).IsEmpty();
    }

    [Test]
    public async Task EveryRule_Runs()
    {
        ServerOptions server = new() { GrpcWorkers = 0, RestWorkers = 2, CpuExtension = "x", MetricsEnable = true };
        await Assert.That(OptionRules.Check(Given(server, new ModelOptions { Mean = "1" }), s_linux).Count).IsEqualTo(8);
    }

    private static GivenOptions Given(ServerOptions server, ModelOptions model) => new(server, new SourceOptions(), model, new Dictionary<string, string>());

    private static async Task Breaks(ServerOptions server, ModelOptions model, params string[] messages) =>
        await Assert.That(OptionRules.Check(Given(server, model), s_linux)).IsEquivalentTo(messages);
}
