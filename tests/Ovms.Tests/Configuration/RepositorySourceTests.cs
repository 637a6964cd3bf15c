using Ovms.Configuration;
using Ovms.Options;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Configuration;

/// <summary>A folder of models as a configuration.</summary>
public class RepositorySourceTests
{
    private static readonly ModelOptions s_common = new() { Nireq = 2 };

    [Test]
    public async Task EveryModel_HasItsPathAsName_AndTheCommonOptions()
    {
        using TemporaryFolder folder = new();
        folder.Touch("b/1/m.onnx", "team/a/3/m.xml", "team/a/3/m.bin", "g/graph.pbtxt");
        folder.Write("g/subconfig.json", """{"model_config_list": [{"config": {"name": "inner", "base_path": "in"}}]}"""u8);
        ServerConfig config = Read(folder).Value!;
        await Assert.That(config.Models.Select(static model => (model.ModelName, model.ModelPath))).IsEquivalentTo(
            [("b", folder["b"]), ("team/a", folder[Path.Combine("team", "a")]), ("inner", folder[Path.Combine("g", "in")])]);
        await Assert.That(config.Models[0].Nireq).IsEqualTo(2u);
        await Assert.That(config.Graphs.Single().Name).IsEqualTo("g");
        await Assert.That(config.Warnings).IsEmpty();
    }

    [Test]
    public async Task EachReading_LooksAgain()
    {
        using TemporaryFolder folder = new();
        RepositorySource source = new(folder.Path, s_common, allowOutside: false, static _ => null);
        ServerConfig empty = source.Read().Value!;
        await Assert.That(empty.Models).IsEmpty();
        await Assert.That(empty.Warnings.Single()).Contains("holds no model");
        folder.Touch("a/1/m.onnx");
        ServerConfig one = source.Read().Value!;
        await Assert.That(one.Models.Single().ModelName).IsEqualTo("a");
        await Assert.That(one.Fingerprint).IsNotEqualTo(empty.Fingerprint);
        await Assert.That(source.Read().Value!.Fingerprint).IsEqualTo(one.Fingerprint);
    }

    [Test]
    public async Task WarningsOfGraphs_AreKept()
    {
        using TemporaryFolder folder = new();
        folder.Write(
            "chat/graph.pbtxt",
            "node { calculator: 'HttpLLMCalculator' node_options { [type.googleapis.com/mediapipe.LLMCalculatorOptions] { models_path: './' block_size: 32 } } }"u8);
        await Assert.That(Read(folder).Value!.Warnings.Single()).Contains("block_size has no effect");
    }

    [Test]
    public async Task MissingFolder_IsNamed()
    {
        using TemporaryFolder folder = new();
        Outcome<ServerConfig> read = new RepositorySource(folder["none"], s_common, allowOutside: false, static _ => null).Read();
        await Assert.That(read.Code).IsEqualTo(StatusCode.PathInvalid);
        await Assert.That(read.Detail).IsEqualTo($"{folder["none"]} does not exist; expected the folder that holds the models' folders.");
    }

    private static Outcome<ServerConfig> Read(TemporaryFolder folder) => new RepositorySource(folder.Path, s_common, allowOutside: false, static _ => null).Read();
}
