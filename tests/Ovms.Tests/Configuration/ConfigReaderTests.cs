using Ovms.Configuration;
using Ovms.Options;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Configuration;

/// <summary>Every section of a configuration file, and what stands beside it.</summary>
public class ConfigReaderTests
{
    [Test]
    public async Task EveryKeyOfAModel_IsTaken()
    {
        using TemporaryFolder folder = new();
        ModelOptions model = Read(folder, """
            {"model_config_list": [{"config": {
                "name": "m", "base_path": "/m", "batch_size": "1:8", "shape": {"in": "(1,3,-1,-1)"}, "layout": {"in": "NHWC"}, "model_version_policy": {"all": {}},
                "nireq": 3, "target_device": "CPU", "plugin_config": {"NUM_STREAMS": 2}, "allow_cache": true, "mean": [1, 2, 3], "scale": 2.5, "color_format": "RGB:BGR",
                "precision": "FP32:UINT8", "stateful": true, "low_latency_transformation": true, "max_sequence_number": 7, "idle_sequence_cleanup": false,
                "subconfig": "s.json", "custom_loader_options": {"loader_name": "l"}}}]}
            """).Models.Single();
        await Assert.That(model).IsEqualTo(new ModelOptions
        {
            ModelName = "m",
            ModelPath = "/m",
            BatchSize = "1:8",
            Shape = """{"in":"(1,3,-1,-1)"}""",
            Layout = """{"in":"NHWC"}""",
            ModelVersionPolicy = """{"all":{}}""",
            Nireq = 3,
            TargetDevice = "CPU",
            PluginConfig = """{"NUM_STREAMS":2}""",
            AllowCache = true,
            Mean = "[1,2,3]",
            Scale = "2.5",
            ColorFormat = "RGB:BGR",
            Precision = "FP32:UINT8",
            Stateful = true,
            LowLatencyTransformation = true,
            MaxSequenceNumber = 7,
            IdleSequenceCleanup = false,
            Subconfig = "s.json",
            CustomLoaderOptions = """{"loader_name":"l"}""",
        });
        await Assert.That(Ovms.Serving.Loading.ModelConfig.From(model, new ServerOptions()).Text).Contains("custom loaders are not loaded");
    }

    [Test]
    public async Task EverySection_IsTaken_AndWhatIsNotServedIsTold()
    {
        using TemporaryFolder folder = new();
        ServerConfig config = Read(folder, """
            {
                "model_config_list": [{"config": {"name": "m", "base_path": "m"}}, {"config": {"name": "g1", "base_path": "g1", "graph_path": "mine.pbtxt"}}],
                "mediapipe_config_list": [{"name": "g2"}, {"name": "g3", "base_path": "/g3", "graph_path": "x.pbtxt", "subconfig": "no.json"}],
                "pipeline_config_list": [{"name": "p", "inputs": ["a"], "nodes": [], "outputs": [], "demultiply_count": -1}],
                "custom_node_library_config_list": [{"name": "lib", "base_path": "lib.so"}],
                "custom_loader_config_list": [{"config": {"loader_name": "l", "library_path": "l.so", "loader_config_file": "f"}}],
                "monitoring": {"metrics": {"enable": true, "metrics_list": ["ovms_requests_success", "ovms_streams"]}}
            }
            """);
        await Assert.That(config.Models.Select(static model => model.ModelName)).IsEquivalentTo(["m"]);
        await Assert.That(config.Graphs.Select(static graph => $"{graph.Name} {graph.Fault.Text}")).IsEquivalentTo(
        [
            $"g1 File not found or cannot open - {folder[Path.Combine("g1", "mine.pbtxt")]} does not exist; put the graph there, or name its file in graph_path.",
            $"g2 File not found or cannot open - {folder[Path.Combine("g2", "graph.pbtxt")]} does not exist; put the graph there, or name its file in graph_path.",
            "g3 File not found or cannot open - /g3/x.pbtxt does not exist; put the graph there, or name its file in graph_path.",
        ]);
        await Assert.That(config.Pipelines.Single().Name).IsEqualTo("p");
        await Assert.That(config.Monitoring!.IsEnabled).IsTrue();
        await Assert.That(config.Monitoring.Families).IsEquivalentTo(["ovms_requests_success", "ovms_streams"]);
        await Assert.That(config.Warnings).IsEquivalentTo(
        [
            "g3: its subconfig /g3/no.json does not exist; no models are served for it",
            "$.custom_loader_config_list: its 1 are not loaded; models that name one (custom_loader_options) are not served",
        ]);
        await Assert.That(config.Errors).IsEmpty();
    }

    [Test]
    public async Task ModelsOwnConfig_IsNoListOfAGraphsModels()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["g"]);
        await File.WriteAllTextAsync(folder[Path.Combine("g", "config.json")], """{"architectures": ["LlamaForCausalLM"], "vocab_size": 7}""");
        ServerConfig config = Read(folder, """{"model_config_list": [], "mediapipe_config_list": [{"name": "g"}]}""");
        await Assert.That(config.Errors).IsEmpty();
        await Assert.That(config.Graphs.Single().Fault.Text).Contains(folder[Path.Combine("g", "graph.pbtxt")]).And.Contains("does not exist");
    }

    [Test]
    [Arguments("base_path")]
    [Arguments("graph_path")]
    public async Task NulInAPath_IsAProblemOfTheFile(string key)
    {
        using TemporaryFolder folder = new();
        string other = key == "base_path" ? "" : "\"base_path\": \"b\", ";
        string[] problems = Refused(folder, $$$"""{"model_config_list": [{"config": {"name": "m", {{{other}}}"{{{key}}}": "a\u0000b"}}]}""");
        await Assert.That(problems.Any(problem => problem.Contains(key, StringComparison.Ordinal) && problem.Contains("NUL", StringComparison.Ordinal))).IsTrue();
    }

    [Test]
    public async Task ProblemsOfEverySection_AreToldTogether()
    {
        using TemporaryFolder folder = new();
        string[] problems = Refused(folder, """
            {
                "model_config_list": [{"config": {"name": "", "base_path": "${NONE}", "plugin_config": {"A": "${NONE}"}}}],
                "mediapipe_config_list": [{"name": "g", "config": {}}, {"base_path": "b"}],
                "pipeline_config_list": [{"name": 1, "demultiply_count": 10001}],
                "custom_node_library_config_list": [{"name": "x"}],
                "custom_loader_config_list": [{"loader_name": "l"}],
                "monitoring": {"metrics": {"metrics_list": ["a", 1]}},
                "monitoring": {}
            }
            """);
        await Assert.That(problems).IsEquivalentTo(
        [
            "$.model_config_list[0].config.base_path: the environment variable NONE is not set; set it, or write ${NONE:-value}",
            "$.model_config_list[0].config.plugin_config.A: the environment variable NONE is not set; set it, or write ${NONE:-value}",
            "$.monitoring: is given twice",
            "$.model_config_list[0].config.name: is empty",
            "$.mediapipe_config_list[0].config: unknown key",
            "$.mediapipe_config_list[1]: 'name' is required",
            "$.pipeline_config_list[0].name: expected a string, got a number",
            "$.pipeline_config_list[0]: 'inputs' is required",
            "$.pipeline_config_list[0]: 'nodes' is required",
            "$.pipeline_config_list[0]: 'outputs' is required",
            "$.pipeline_config_list[0].demultiply_count: '10001' is not a whole number from -1 to 10000",
            "$.custom_node_library_config_list[0]: 'base_path' is required",
            "$.custom_loader_config_list[0].loader_name: unknown key",
            "$.custom_loader_config_list[0]: 'config' is required",
            "$.monitoring.metrics: 'enable' is required",
            "$.monitoring.metrics.metrics_list[1]: expected a string, got a number",
        ]);
    }

    [Test]
    public async Task EnvironmentReferences_AreResolved()
    {
        using TemporaryFolder folder = new();
        ModelOptions model = Read(folder, """{"model_config_list": [{"config": {"name": "${NAME}", "base_path": "${ROOT:-/models}/${NAME}", "plugin_config": {"DEVICE_PROPERTIES": {"CPU": {"CACHE_DIR": "${NAME}"}}}}}]}""").Models.Single();
        await Assert.That(model.ModelName).IsEqualTo("resnet");
        await Assert.That(model.ModelPath).IsEqualTo("/models/resnet");
        await Assert.That(model.PluginConfig).IsEqualTo("""{"DEVICE_PROPERTIES":{"CPU":{"CACHE_DIR":"resnet"}}}""");
    }

    [Test]
    public async Task GraphsThatCallThemselves_AreRefused_WithTheWay()
    {
        using TemporaryFolder folder = new();
        foreach ((string graph, string model) in ((string, string)[])[("self", "self"), ("a", "b"), ("b", "c"), ("c", "a"), ("user", "a"), ("good", "m")])
        {
            folder.Write(
                $"{graph}/graph.pbtxt",
                System.Text.Encoding.UTF8.GetBytes($$"""node { calculator: "OpenVINOModelServerSessionCalculator" node_options { [x] { servable_name: "{{model}}" } } }"""));
        }

        ServerConfig config = Read(folder, """{"model_config_list": [], "mediapipe_config_list": [{"name": "self"}, {"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "user"}, {"name": "good"}]}""");
        Dictionary<string, string> faults = config.Graphs.ToDictionary(static graph => graph.Name, static graph => graph.Fault.Text);
        await Assert.That(faults["self"]).Contains("the graph calls itself: self → self;");
        await Assert.That(faults["b"]).Contains("the graph calls itself: b → c → a → b;");
        await Assert.That((faults["user"], faults["good"])).IsEqualTo(("OK", "OK"));
    }

    [Test]
    public async Task FolderWithAGraph_IsAGraph_AndItsModelsAreServed()
    {
        using TemporaryFolder folder = new();
        folder.Touch("g/graph.pbtxt", "mesh/1/graph.pbtxt");
        folder.Write("g/subconfig.json", """{"model_config_list": [{"config": {"name": "inner", "base_path": "models/inner"}}, {"config": {"name": "m", "base_path": "other"}}]}"""u8);
        folder.Write("mesh/config.json", """{"model_config_list": [{"config": {"name": "meshed", "base_path": "/meshed"}}]}"""u8);
        ServerConfig config = Read(folder, """{"model_config_list": [{"config": {"name": "g"}}, {"config": {"name": "mesh", "base_path": "mesh"}}, {"config": {"name": "m", "base_path": "m"}}]}""");
        await Assert.That(config.Graphs.Select(static graph => graph.Path)).IsEquivalentTo([folder[Path.Combine("g", "graph.pbtxt")], folder[Path.Combine("mesh", "1", "graph.pbtxt")]]);
        await Assert.That(config.Models.Select(static model => model.ModelPath)).IsEquivalentTo([folder["m"], folder[Path.Combine("g", "models/inner")], "/meshed"]);
        await Assert.That(config.Errors.Single())
            .IsEqualTo($"{folder[Path.Combine("g", "subconfig.json")]}: $.model_config_list[1].config.name: the name 'm' is taken by $.model_config_list[2].config, which is served; this one is left out.");
    }

    [Test]
    [Arguments("", "", 0)]
    [Arguments("", ", \"nireq\": 3", 1)]
    [Arguments(", \"nireq\": 3, \"plugin_config\": {\"NUM_STREAMS\": 2}", ", \"plugin_config\": {\"NUM_STREAMS\": 2}, \"nireq\": 3", 0)]
    public async Task GraphsThatShareAModel_MayBothListIt(string first, string second, int errors)
    {
        using TemporaryFolder folder = new();
        folder.Touch("g/graph.pbtxt", "h/graph.pbtxt");
        folder.Write("g/subconfig.json", System.Text.Encoding.UTF8.GetBytes($$$"""{"model_config_list": [{"config": {"name": "m", "base_path": "/m"{{{first}}} } }]}"""));
        folder.Write("h/subconfig.json", System.Text.Encoding.UTF8.GetBytes($$$"""{"model_config_list": [{"config": {"name": "m", "base_path": "/m"{{{second}}} } }]}"""));
        ServerConfig config = Read(folder, """{"model_config_list": [], "mediapipe_config_list": [{"name": "g"}, {"name": "h"}]}""");
        await Assert.That(config.Models.Single().ModelPath).IsEqualTo("/m");
        await Assert.That(config.Errors.Length).IsEqualTo(errors).Because(string.Join('\n', config.Errors));
    }

    [Test]
    public async Task BadSubconfig_KeepsOnlyItsOwnModelsOut()
    {
        using TemporaryFolder folder = new();
        folder.Touch("g/graph.pbtxt");
        folder.Write("g/subconfig.json", """{"model_config_list": [{"config": {"name": "inner", "base": 1}}], "monitoring": {}}"""u8);
        ServerConfig config = Read(folder, """{"model_config_list": [{"config": {"name": "g"}}, {"config": {"name": "m"}}]}""");
        await Assert.That(config.Models.Single().ModelName).IsEqualTo("m");
        await Assert.That(config.Errors).IsEquivalentTo(
        [
            $"{folder[Path.Combine("g", "subconfig.json")]} has 2 problems:",
            "$.monitoring: unknown key",
            "$.model_config_list[0].config.base: unknown key; did you mean 'base_path'?",
        ]);
    }

    [Test]
    public async Task Fingerprint_ChangesWithEverythingThatWasRead()
    {
        using TemporaryFolder folder = new();
        const string Text = """{"model_config_list": [{"config": {"name": "g", "base_path": "g"}}]}""";
        HashSet<string> seen = [Read(folder, Text).Fingerprint];
        await Assert.That(seen.Add(Read(folder, Text).Fingerprint)).IsFalse();
        folder.Touch("g/graph.pbtxt");
        await Assert.That(seen.Add(Read(folder, Text).Fingerprint)).IsTrue();
        folder.Write("g/subconfig.json", """{"model_config_list": []}"""u8);
        await Assert.That(seen.Add(Read(folder, Text).Fingerprint)).IsTrue();
        folder.Write("g/subconfig.json", """{"model_config_list": [{"config": {"name": "x"}}]}"""u8);
        await Assert.That(seen.Add(Read(folder, Text).Fingerprint)).IsTrue();
    }

    private static ServerConfig Read(TemporaryFolder folder, string text)
    {
        Outcome<ServerConfig> read = ReadFile(folder, text);
        return read.IsOk ? read.Value : throw new InvalidOperationException(read.Text);
    }

    private static string[] Refused(TemporaryFolder folder, string text) => ReadFile(folder, text).Detail!.Split('\n')[1..];

    private static Outcome<ServerConfig> ReadFile(TemporaryFolder folder, string text) =>
        new ConfigFile(folder.Write("config.json", System.Text.Encoding.UTF8.GetBytes(text)), static name => name == "NAME" ? "resnet" : null).Read();
}
