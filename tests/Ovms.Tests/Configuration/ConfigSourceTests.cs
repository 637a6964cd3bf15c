using Ovms.Configuration;
using Ovms.Options;
using Ovms.Serving.Loading;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Configuration;

/// <summary>A single model from the command line, whose folder may hold a graph.</summary>
public class ConfigSourceTests
{
    [Test]
    public async Task GraphOfAnotherKindBesideAModel_FailsTheModel()
    {
        using TemporaryFolder folder = new();
        folder.Touch("openvino_model.xml", "openvino_model.bin");
        ModelOptions model = new() { ModelName = "m", ModelPath = folder.Path };
        await Assert.That(ConfigSource.Of(model).Read().Value!.Models.Single()).IsEqualTo(model);

        folder.Write("graph.pbtxt", "node { calculator: 'OpenVINOInferenceCalculator' }"u8);
        ServerConfig config = ConfigSource.Of(model).Read().Value!;
        Outcome<ModelConfig> parsed = ModelConfig.From(config.Models.Single(), new ServerOptions());
        await Assert.That(parsed.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(parsed.Detail!).Contains(folder["graph.pbtxt"]).And.Contains("Remove it to serve the model beside it.");
    }
}
