using System.Net;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Repository.Remote;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>Models in object stores while nobody polls: what lies there counts when a reload is asked for.</summary>
public sealed class CloudReloadTests
{
    [Test]
    [Arguments("azfs://")]
    [Arguments("gs://")]
    public async Task WithoutPolls_AReloadBringsWhatTheStoreHas(string scheme)
    {
        await using FakeCloud cloud = new(scheme);
        using TemporaryFolder cache = new();
        Dictionary<string, string?> environment = cloud.Variables.ToDictionary(static pair => pair.Key, static pair => (string?)pair.Value);
        environment["no_proxy"] = "127.0.0.1";
        Put(cloud, 1);
        await using OvmsServer server = await OvmsServer.StartAsync(
            $"{scheme}models/repo/m", "m", environment, "--remote_cache_dir", cache.Path, "--file_system_poll_wait_seconds", "0");
        int asked = cloud.Requests.Count;
        Put(cloud, 2);
        for (int call = 0; call < 100; call++)
        {
            await Assert.That(await AddsAsync(server)).IsEqualTo(1f);
        }

        await Assert.That(cloud.Requests.Count).IsEqualTo(asked);
        await Assert.That(await ReloadAsync(server)).IsEqualTo((HttpStatusCode.Created, ""));
        await Assert.That(await AddsAsync(server)).IsEqualTo(2f);
        await Assert.That(await ReloadAsync(server)).IsEqualTo((HttpStatusCode.OK, ""));

        cloud.Fault = _ => cloud.No(403, "AuthorizationFailure");
        Put(cloud, 3);
        (HttpStatusCode status, string why) = await ReloadAsync(server);
        await Assert.That(status).IsEqualTo(HttpStatusCode.InternalServerError);
        await Assert.That(why).StartsWith($"Model m goes on with what is loaded and is not refreshed: ").And.Contains("refuses access to");
        await Assert.That(why).DoesNotContain(FakeCloud.Secret);
        await Assert.That(await AddsAsync(server)).IsEqualTo(2f);

        cloud.Fault = static _ => null;
        await Assert.That(await ReloadAsync(server)).IsEqualTo((HttpStatusCode.Created, ""));
        await Assert.That(await AddsAsync(server)).IsEqualTo(3f);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    private static void Put(FakeCloud cloud, int version)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repo.Model("versions"), $"{version}")))
        {
            cloud.Objects[$"repo/m/{version}/{Path.GetFileName(file)}"] = File.ReadAllBytes(file);
        }
    }

    private static async Task<(HttpStatusCode Status, string Error)> ReloadAsync(OvmsServer server)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync("/v1/config/reload", null);
        return (answer.StatusCode, answer.Headers.TryGetValues("Ovms-Config-Error", out IEnumerable<string>? errors) ? string.Join(' ', errors) : "");
    }

    private static async Task<float> AddsAsync(OvmsServer server) =>
        (await server.Client.ModelInferAsync(Requests.For("m").WithRaw("b", "FP32", [1, 10], new float[10]))).Values<float>("a")[0];
}
