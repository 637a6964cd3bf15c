using System.Text;
using System.Text.Json;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Tests.Options;

/// <summary>A model's entry of config.json gives the same options as the command line.</summary>
public class ModelOptionsReadTests
{
    [Test]
    public async Task Entry_EqualsItsCommandLine()
    {
        ParseOutcome<ModelOptions> entry = Read("""
            {
              "name": "resnet", "base_path": "/models/resnet", "batch_size": 4, "shape": {"in": "(1,3,-1,-1)"}, "layout": "NHWC:NCHW",
              "model_version_policy": {"all": {}}, "nireq": 8, "target_device": "HETERO:GPU,CPU", "mean": [1, 2.5, 3], "scale": 2.0,
              "plugin_config": {"PERFORMANCE_HINT": "LATENCY", "DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}
            }
            """);
        await Assert.That(entry.ErrorText()).IsEqualTo("");

        ParseOutcome<ModelOptions> line = ModelOptions.Parse(
        [
            "--model_name=resnet", "--model_path=/models/resnet", "--batch_size=4", "--shape={\"in\": \"(1,3,-1,-1)\"}", "--layout=NHWC:NCHW",
            "--model_version_policy={\"all\": {}}", "--nireq=8", "--target_device=HETERO:GPU,CPU", "--mean=[1, 2.5, 3]", "--scale=2.0",
            "--plugin_config={\"PERFORMANCE_HINT\": \"LATENCY\", \"DEVICE_PROPERTIES\": {\"CPU\": {\"NUM_STREAMS\": 2}}}",
        ]);
        await Assert.That(line.ErrorText()).IsEqualTo("");
        await Assert.That(entry.Value).IsEqualTo(line.Value);
    }

    [Test]
    [Arguments("""{"base_path": "/m"}""", "$.model_config_list[0].config: 'name' is required")]
    [Arguments("""{"name": "m", "nireq": "4"}""", "$.model_config_list[0].config.nireq: expected a number, got a string")]
    [Arguments("""{"name": "m", "model_name": "m"}""", "$.model_config_list[0].config.model_name: unknown key")]
    [Arguments("""{"name": "m", "target_devise": "CPU"}""", "$.model_config_list[0].config.target_devise: unknown key\n  did you mean 'target_device'?")]
    [Arguments("""{"name": "m", "plugin_config": "{}"}""", "$.model_config_list[0].config.plugin_config: expected an object, got a string")]
    public async Task BadEntry_IsToldWithItsPath(string json, string error) =>
        await Assert.That(Read(json).ErrorText()).IsEqualTo($"error parsing options: {error}\n");

    private static ParseOutcome<ModelOptions> Read(string json)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json));
        return ModelOptions.Read(ref reader, "$.model_config_list[0].config");
    }
}
