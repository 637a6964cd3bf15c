using Ovms.Configuration;
using Ovms.Options;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Configuration;

/// <summary>What a configuration file gives, and what is said of one that cannot be read.</summary>
public class ConfigFileTests
{
    [Test]
    public async Task Models_AreReadInOrder_PathsFromTheFilesFolder()
    {
        using TemporaryFolder folder = new();
        ServerConfig config = Read(folder, """
            {"model_config_list": [
                {"config": {"name": "a", "base_path": "models/a", "nireq": 4, "plugin_config": {"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}}},
                {"config": {"name": "b", "base_path": "/elsewhere/b"}},
                {"config": {"name": "c", "base_path": "s3://bucket/c"}},
                {"config": {"name": "d"}}
            ]}
            """).Value!;
        await Assert.That(config.Models.Select(static model => model.ModelName)).IsEquivalentTo(["a", "b", "c", "d"]);
        await Assert.That(config.Models.Select(static model => model.ModelPath))
            .IsEquivalentTo([folder[Path.Combine("models/a")], "/elsewhere/b", "s3://bucket/c", folder["d"]]);
        await Assert.That(config.Models[0].Nireq).IsEqualTo(4u);
        await Assert.That(config.Models[0].PluginConfig).IsEqualTo("""{"DEVICE_PROPERTIES":{"CPU":{"NUM_STREAMS":2}}}""");
    }

    [Test]
    public async Task EmptyList_IsServed()
    {
        using TemporaryFolder folder = new();
        await Assert.That(Read(folder, """{"model_config_list": []}""").Value!.Models).IsEmpty();
    }

    [Test]
    public async Task Monitoring_IsRead()
    {
        using TemporaryFolder folder = new();
        Monitoring? monitoring = Read(folder, """{"model_config_list": [], "monitoring": {"metrics": {"enable": true, "metrics_list": ["a", "b"]}}}""").Value!.Monitoring;
        await Assert.That(monitoring!.IsEnabled).IsTrue();
        await Assert.That(monitoring.Families).IsEquivalentTo(["a", "b"]);
        await Assert.That(Read(folder, """{"model_config_list": [], "monitoring": {"metrics": {"enable": false}}}""").Value!.Monitoring!.IsEnabled).IsFalse();
        await Assert.That(Read(folder, """{"model_config_list": []}""").Value!.Monitoring).IsNull();
    }

    [Test]
    [Arguments("""{}""", "$.monitoring: 'metrics' is required")]
    [Arguments("""{"metrics": {}}""", "$.monitoring.metrics: 'enable' is required")]
    [Arguments("""{"metrics": {"enable": "yes"}}""", "$.monitoring.metrics.enable: expected true or false, got a string")]
    [Arguments("""{"metrics": {"enable": true, "metrics_list": "a"}}""", "$.monitoring.metrics.metrics_list: expected an array, got a string")]
    [Arguments("""{"metrics": {"enable": true, "metrics_list": [1]}}""", "$.monitoring.metrics.metrics_list[0]: expected a string, got a number")]
    [Arguments("""{"metrics": {"enable": true, "endpoint_path": "/m"}}""", "$.monitoring.metrics.endpoint_path: unknown key")]
    public async Task MonitoringThatCannotBe_IsToldWithItsPath(string section, string problem)
    {
        using TemporaryFolder folder = new();
        Outcome<ServerConfig> read = Read(folder, $$"""{"model_config_list": [], "monitoring": {{section}}}""");
        await Assert.That(read.Code).IsEqualTo(StatusCode.ConfigInvalid);
        await Assert.That(read.Detail!).Contains(problem);
    }

    [Test]
    public async Task AllProblems_AreToldAtOnce()
    {
        using TemporaryFolder folder = new();
        Outcome<ServerConfig> read = Read(folder, """
            {"model_config_list": [
                {"config": {"name": "a", "base_pat": "a", "nireq": "4"}},
                {"confg": {"name": "b"}},
                {"config": {"base_path": "c", "shape": 1, "target_device": null}},
                {"config": {"name": "d", "batch_size": 1, "batch_size": 2}},
                7
            ], "model_confg_list": [], "monitring": {}}
            """);
        await Assert.That(read.Code).IsEqualTo(StatusCode.ConfigInvalid);
        await Assert.That(read.Detail!).IsEqualTo(string.Join(
            '\n',
            $"{folder["config.json"]} has 11 problems:",
            "$.model_config_list[0].config.base_pat: unknown key; did you mean 'base_path'?",
            "$.model_config_list[0].config.nireq: expected a number, got a string",
            "$.model_config_list[1]: 'config' is required",
            "$.model_config_list[1].confg: unknown key; did you mean 'config'?",
            "$.model_config_list[2].config: 'name' is required",
            "$.model_config_list[2].config.shape: expected a string or an object, got a number",
            "$.model_config_list[2].config.target_device: expected a string, got null",
            "$.model_config_list[3].config.batch_size: is given twice",
            "$.model_config_list[4]: expected an object, got a number",
            "$.model_confg_list: unknown key; did you mean 'model_config_list'?",
            "$.monitring: unknown key; did you mean 'monitoring'?"));
    }

    [Test]
    [Arguments("", "The input does not contain any JSON tokens. Expected the input to start with a valid JSON token. Line 1, column 1.")]
    [Arguments("{\n  \"model_config_list\": [\n  }", "Line 3, column 3.")]
    [Arguments("{\"model_config_list\": []} x", "Line 1, column 27.")]
    public async Task BrokenJson_IsToldWithItsPlace(string text, string part)
    {
        using TemporaryFolder folder = new();
        Outcome<ServerConfig> read = Read(folder, text);
        await Assert.That(read.Code).IsEqualTo(StatusCode.ConfigInvalid);
        await Assert.That(read.Detail!).StartsWith($"{folder["config.json"]} is not JSON: ");
        await Assert.That(read.Detail!).EndsWith(part);
    }

    [Test]
    [Arguments("[]", "$: expected an object, got an array")]
    [Arguments("{}", "$: 'model_config_list' is required")]
    [Arguments("""{"model_config_list": {}}""", "$.model_config_list: expected an array, got an object")]
    public async Task WrongRoot_IsTold(string text, string problem)
    {
        using TemporaryFolder folder = new();
        await Assert.That(Read(folder, text).Detail).IsEqualTo($"{folder["config.json"]} has a problem:\n{problem}");
    }

    [Test]
    public async Task TooManyInferRequests_AreLeftToTheModel()
    {
        using TemporaryFolder folder = new();
        ServerConfig config = Read(folder, """{"model_config_list": [{"config": {"name": "a", "base_path": "/1", "nireq": 100001}}]}""").Value!;
        await Assert.That(config.Models.Single().Nireq).IsEqualTo(100001u);
        await Assert.That(Ovms.Serving.Loading.ModelConfig.From(config.Models.Single(), new ServerOptions()).Text)
            .IsEqualTo("Nireq parameter too high - nireq is a whole number from 0 to 100000; Actual: 100001.");
    }

    [Test]
    public async Task Fingerprint_ChangesWithTheText()
    {
        using TemporaryFolder folder = new();
        string first = Read(folder, """{"model_config_list": []}""").Value!.Fingerprint;
        await Assert.That(new ConfigFile(folder["config.json"], static _ => null).Read().Value!.Fingerprint).IsEqualTo(first);
        await Assert.That(Read(folder, """{"model_config_list": [] }""").Value!.Fingerprint).IsNotEqualTo(first);
    }

    [Test]
    public async Task FileThatIsNotThere_IsNamed()
    {
        using TemporaryFolder folder = new();
        Outcome<ServerConfig> read = new ConfigFile(folder["none.json"], static _ => null).Read();
        await Assert.That(read.Text).IsEqualTo($"Configuration file not found or cannot open - {folder["none.json"]} does not exist.");
        await Assert.That(new ConfigFile(folder.Path, static _ => null).Read().Text)
            .IsEqualTo($"Configuration file not found or cannot open - {folder.Path} is a folder; give the file in it, or the folder as --model_repository_path.");
    }

    [Test]
    public async Task TooLargeAndTooDeep_AreRefused()
    {
        using TemporaryFolder folder = new();
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40);
        await Assert.That(Read(folder, """{"model_config_list": [{"config": {"name": "a", "plugin_config": DEEP}}]}""".Replace("DEEP", deep)).Text).Contains("depth of 32");
        await using (FileStream file = File.Create(folder["large.json"]))
        {
            file.SetLength(ConfigDocument.MaxBytes + 1);
        }

        await Assert.That(new ConfigFile(folder["large.json"], static _ => null).Read().Text).EndsWith($"has {ConfigDocument.MaxBytes + 1} bytes; at most {ConfigDocument.MaxBytes} are read.");
    }

    [Test]
    public async Task ByteOrderMark_IsNoFault()
    {
        using TemporaryFolder folder = new();
        await Assert.That(Read(folder, "\uFEFF{\"model_config_list\": []}").IsOk).IsTrue();
    }

    private static Outcome<ServerConfig> Read(TemporaryFolder folder, string text) =>
        new ConfigFile(folder.Write("config.json", System.Text.Encoding.UTF8.GetBytes(text)), static _ => null).Read();
}
