using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Models in object stores: served, followed, and kept when the store is gone or does not let us in.</summary>
public sealed class CloudStorageTests
{
    [Test]
    [Arguments("s3://", "bucket")]
    [Arguments("az://", "container")]
    public async Task Model_IsServedAndFollowedAndOutlivesItsContainer(string scheme, string noun)
    {
        await using Cloud cloud = await Cloud.StartAsync(scheme);
        await cloud.PutAsync(1);
        string path = $"{scheme}models/repo/m";
        await using (OvmsServer server = await OvmsServer.StartAsync(path, "m", cloud.Variables, "--remote_cache_dir", cloud.Cache))
        {
            await Assert.That(await AddsAsync(server)).IsEqualTo(1f);

            await cloud.PutAsync(2);
            await server.Process.WaitForLineAsync(static line => line.Contains("Version 1 of model m status change. New status: ( \"state\": \"END\"", StringComparison.Ordinal));
            await Assert.That(await AddsAsync(server)).IsEqualTo(2f);

            await server.Process.StopAsync();
        }

        // What was served lies there still: a start with the same marks brings nothing anew.
        string manifest = Directory.GetFiles(cloud.Cache, "manifest.json", SearchOption.AllDirectories).Single(static file => file.Contains("/2-", StringComparison.Ordinal));
        DateTime written = File.GetLastWriteTimeUtc(manifest);
        await using OvmsServer again = await OvmsServer.StartAsync(path, "m", cloud.Variables, "--remote_cache_dir", cloud.Cache);
        await Assert.That(await AddsAsync(again)).IsEqualTo(2f);
        await Assert.That(File.GetLastWriteTimeUtc(manifest)).IsEqualTo(written);

        await cloud.VanishAsync();
        string told = await again.Process.WaitForLineAsync(line => line.Contains($"has no {noun} 'models'", StringComparison.Ordinal));
        await Assert.That(told).Contains("Model m goes on with what is loaded and is not refreshed: ").And.Contains($"{path}: http://127.0.0.1:");
        await Assert.That(await AddsAsync(again)).IsEqualTo(2f);
        using HttpResponseMessage refused = await again.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(refused.Headers.GetValues("Ovms-Config-Error").Single()).StartsWith("Model m goes on with what is loaded and is not refreshed: ");
    }

    [Test]
    [Arguments("s3://")]
    [Arguments("az://")]
    public async Task WrongCredentials_StopOnlyTheModelThatNeedsThem(string scheme)
    {
        await using Cloud cloud = await Cloud.StartAsync(scheme);
        await cloud.PutAsync(1);
        string config = Path.Combine(cloud.Cache, "config.json");
        await File.WriteAllTextAsync(
            config,
            $$$"""{"model_config_list": [{"config": {"name": "far", "base_path": "{{{scheme}}}models/repo/m"}}, {"config": {"name": "near", "base_path": {{{JsonSerializer.Serialize(Repo.Model("dummy"))}}}}}]}""");
        int port = FreePort.Next();
        await using OvmsProcess process = OvmsProcess.Start(["--config_path", config, "--rest_port", $"{port}", "--rest_bind_address", "127.0.0.1", "--remote_cache_dir", cloud.Cache], cloud.WrongVariables);

        string told = await process.WaitForLineAsync(static line => line.Contains("refuses access to", StringComparison.Ordinal));
        await process.WaitForLineAsync(static line => line.Contains("of model near status change. New status: ( \"state\": \"AVAILABLE\"", StringComparison.Ordinal));
        using HttpClient http = new() { Timeout = OvmsProcess.Patience };
        using HttpResponseMessage near = await http.GetAsync($"http://127.0.0.1:{port}/v2/models/near/ready");

        await Assert.That(near.IsSuccessStatusCode).IsTrue();
        await Assert.That(told).Contains($"{scheme}models/repo/m: http://127.0.0.1:").And.Contains("(403");
        await Assert.That(process.Output).DoesNotContain(cloud.WrongSecret);
    }

    [Test]
    public async Task StoreThatIsNotThere_EndsASingleModelsStart()
    {
        (int code, string output, _) = await OvmsProcess.RunAsync(
            ["--model_name", "m", "--model_path", "s3://models/m", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1"],
            new Dictionary<string, string?> { ["S3_ENDPOINT"] = $"http://127.0.0.1:{FreePort.Next()}", ["AWS_ACCESS_KEY_ID"] = null, ["AWS_SECRET_ACCESS_KEY"] = null, ["AWS_PROFILE"] = null, ["no_proxy"] = "127.0.0.1" });

        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains("s3://models/m: http://127.0.0.1:").And.Contains("cannot be reached").And.Contains("S3_ENDPOINT and AWS_REGION");
    }

    private static async Task<float> AddsAsync(OvmsServer server) =>
        (await server.Client.ModelInferAsync(Requests.For("m").WithRaw("b", "FP32", [1, 10], new float[10]))).Values<float>("a")[0];
}
