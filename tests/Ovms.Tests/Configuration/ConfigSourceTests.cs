using Ovms.Configuration;
using Ovms.Options;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Configuration;

/// <summary>A single model from the command line, whose folder may hold a graph.</summary>
public class ConfigSourceTests
{
    [Test]
    public async Task GraphBesideAModel_IsServed()
    {
        using TemporaryFolder folder = new();
        folder.Touch("openvino_model.xml", "openvino_model.bin");
        ModelOptions model = new() { ModelName = "m", ModelPath = folder.Path };
        await Assert.That(ConfigSource.Of(model).Read().Value!.Models.Single()).IsEqualTo(model);

        folder.Write("graph.pbtxt", "node { calculator: 'OpenVINOModelServerSessionCalculator' options { [mediapipe.X.ext] { servable_name: 'inner' } } }"u8);
        folder.Write("subconfig.json", """{"model_config_list": [{"config": {"name": "inner", "base_path": "inner"}}]}"""u8);
        ServerConfig config = ConfigSource.Of(model).Read().Value!;
        await Assert.That(config.Graphs.Single().Name).IsEqualTo("m");
        await Assert.That(config.Graphs.Single().Models.Single().Name).IsEqualTo("inner");
        await Assert.That(config.Models.Single().ModelPath).IsEqualTo(folder["inner"]);
    }

    [Test]
    [Arguments("{")]
    [Arguments("""{"model_config_list": [{"config": {"base_path": 5}}]}""")]
    public async Task SubconfigThatAnEditBreaks_IsReported_AndTakesNoModelAway(string broken)
    {
        using TemporaryFolder folder = new();
        folder.Touch("graph.pbtxt");
        folder.Write("subconfig.json", """{"model_config_list": [{"config": {"name": "inner", "base_path": "inner"}}]}"""u8);
        ConfigSource source = ConfigSource.Of(new ModelOptions { ModelName = "g", ModelPath = folder.Path });
        string good = source.Read().Value!.Fingerprint;

        folder.Write("subconfig.json", System.Text.Encoding.UTF8.GetBytes(broken));
        ServerConfig config = source.Read().Value!;
        await Assert.That(config.Models.Single().ModelName).IsEqualTo("inner");
        await Assert.That(config.Errors[0]).Contains(folder["subconfig.json"]);
        await Assert.That(config.Fingerprint).IsNotEqualTo(good);

        folder.Write("subconfig.json", """{"model_config_list": []}"""u8);
        await Assert.That(source.Read().Value!.Models.IsEmpty).IsTrue();
    }

    [Test]
    public async Task OptionsOfAModel_AreRefusedForAGraph()
    {
        using TemporaryFolder folder = new();
        folder.Write("graph.pbtxt", "node { }"u8);
        Outcome<ServerConfig> read = ConfigSource.Of(new ModelOptions { ModelName = "m", ModelPath = folder.Path, Nireq = 2 }).Read();
        await Assert.That(read.Code).IsEqualTo(StatusCode.GraphInvalid);
        await Assert.That(read.Detail!).Contains("subconfig.json");
    }
}
