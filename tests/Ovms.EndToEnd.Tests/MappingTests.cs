using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Models whose ports have other names by mapping_config.json.</summary>
public sealed class MappingTests
{
    [Test]
    public async Task MappedNames_AreServedAndFollowTheFile()
    {
        using ConfigFolder folder = new("""{"model_config_list": [{"config": {"name": "m", "base_path": "m", "shape": {"numbers": "(2,10)"}}}]}""");
        folder.Copy("dummy", "m");
        folder.Write("m/1/mapping_config.json", """{"inputs": {"b": "numbers"}, "outputs": {"a": "sums"}}""");
        await using OvmsServer server = await folder.StartAsync("Ready after");

        using JsonDocument metadata = JsonDocument.Parse(await server.Http.GetStringAsync("/v2/models/m"));
        await Assert.That(metadata.RootElement.GetProperty("inputs")[0].GetProperty("name").GetString()).IsEqualTo("numbers");
        await Assert.That(metadata.RootElement.GetProperty("outputs")[0].GetProperty("name").GetString()).IsEqualTo("sums");
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("m").WithRaw("numbers", "FP32", [2, 10], new float[20]).WithOutputs("sums"));
        await Assert.That(response.Values<float>("sums").All(static value => value == 1f)).IsTrue();
        Grpc.Core.RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Requests.For("m").WithRaw("b", "FP32", [2, 10], new float[20])));
        await Assert.That(refused.StatusCode).IsEqualTo(Grpc.Core.StatusCode.InvalidArgument);

        // A file that cannot be used leaves the old names in force.
        folder.Write("m/1/mapping_config.json", """{"inputs": {"x": "numbers"}}""");
        using HttpResponseMessage reload = await server.Http.PostAsync("/v1/config/reload", null);
        await server.Process.WaitForLineAsync(static line => line.Contains("the model has no such input; it has b", StringComparison.Ordinal));
        await server.Client.ModelInferAsync(Requests.For("m").WithRaw("numbers", "FP32", [2, 10], new float[20]));

        folder.Write("m/1/mapping_config.json", """{"inputs": {"b": "numbers"}, "outputs": {"a": "results"}}""");
        using HttpResponseMessage again = await server.Http.PostAsync("/v1/config/reload", null);
        again.EnsureSuccessStatusCode();
        ModelInferResponse renamed = await server.Client.ModelInferAsync(Requests.For("m").WithRaw("numbers", "FP32", [2, 10], new float[20]));
        await Assert.That(renamed.Outputs[0].Name).IsEqualTo("results");
    }
}
