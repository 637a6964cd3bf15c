using System.Net;
using System.Net.Sockets;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Repository.Remote;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// What is there and has no versions yet is waited for; what is not there, or lets nobody in, ends the start of a single model, and the
/// last line says why.
/// </summary>
public sealed class NoVersionYetTests
{
    [Test]
    [Arguments("empty")]
    [Arguments("zero")]
    [Arguments("specific")]
    public async Task FolderWithoutAVersion_IsOneWarningAndServedWhenItComes(string kind)
    {
        await using LivingRepository repository = new();
        Directory.CreateDirectory(repository["m"]);
        if (kind != "empty")
        {
            repository.Put("m", kind == "zero" ? 0 : 1, adds: 1);
        }

        string[] policy = kind == "specific" ? ["--model_version_policy", """{"specific":{"versions":[2]}}"""] : [];
        string note = await CheckAsync(new Dictionary<string, string?>(), ["--model_path", repository["m"], "--model_name", "m", .. policy]);
        await using OvmsServer server = await OvmsServer.StartOnAsync("Started after", null, ["--model_path", repository["m"], "--model_name", "m", .. policy]);
        await Assert.That(await ReadyAsync(server)).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        using HttpResponseMessage live = await server.Http.GetAsync("/v2/health/live");
        await Assert.That(live.StatusCode).IsEqualTo(HttpStatusCode.OK);
        using HttpResponseMessage reload = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(reload.StatusCode).IsEqualTo(HttpStatusCode.OK);
        string[] warnings = [.. server.Process.Output.Split('\n').Where(static line => line.Contains("[warning]", StringComparison.Ordinal))];
        await Assert.That(warnings.Length).IsEqualTo(1).Because(server.Process.Output);
        await Assert.That(warnings[0]).Contains(kind == "specific" ? "selects none of them" : "no version above 0").And.EndsWith(note);
        await Assert.That(server.Process.Output).DoesNotContain("[error]");

        repository.Put("m", 2, adds: 2);
        await server.Process.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        await Assert.That(await ReadyAsync(server)).IsEqualTo(HttpStatusCode.OK);
        float[] values = (await server.Client.ModelInferAsync(Requests.For("m").WithRaw("b", "FP32", [1, 10], new float[10]))).Values<float>("a");
        await Assert.That(values[0]).IsEqualTo(2f);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task OneVersionOfAPolicyIsMissing_IsOneWarningAndANote()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        string[] model = ["--model_path", repository["m"], "--model_name", "m", "--model_version_policy", """{"specific":{"versions":[7,1]}}"""];
        const string Missing = "Model m: the version policy names versions that do not exist: 7. They are served when they appear";
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", .. model]);
        await Assert.That(code).IsEqualTo(0).Because(output + errors);
        await Assert.That(output).Contains($"note: {Missing}\n");

        await using OvmsServer server = await OvmsServer.StartOnAsync("Ready after", null, model);
        await Assert.That(await ReadyAsync(server)).IsEqualTo(HttpStatusCode.OK);
        string[] warnings = [.. server.Process.Output.Split('\n').Where(static line => line.Contains("[warning]", StringComparison.Ordinal))];
        await Assert.That(warnings.Length).IsEqualTo(1).Because(server.Process.Output);
        await Assert.That(warnings[0]).EndsWith(Missing);
    }

    [Test]
    [Arguments("s3://")]
    [Arguments("gs://")]
    [Arguments("az://")]
    [Arguments("azfs://")]
    public async Task StoreWithoutAVersion_IsOneWarningAndServedWhenItComes(string scheme)
    {
        await using FakeCloud cloud = new(scheme);
        using TemporaryFolder cache = new();
        string[] model = ["--model_path", $"{scheme}models/repo/m", "--model_name", "m", "--remote_cache_dir", cache.Path];
        string note = await CheckAsync(EnvironmentOf(cloud), model);
        await using OvmsServer server = await OvmsServer.StartOnAsync("Started after", EnvironmentOf(cloud), model);
        await Assert.That(await ReadyAsync(server)).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        string[] warnings = [.. server.Process.Output.Split('\n').Where(static line => line.Contains("[warning]", StringComparison.Ordinal))];
        await Assert.That(warnings.Length).IsEqualTo(1).Because(server.Process.Output);
        await Assert.That(warnings[0]).EndsWith(note);
        await Assert.That(server.Process.Output).DoesNotContain("[error]");

        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repo.Model("versions"), "2")))
        {
            cloud.Objects[$"repo/m/2/{Path.GetFileName(file)}"] = File.ReadAllBytes(file);
        }

        await server.Process.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        await Assert.That(await ReadyAsync(server)).IsEqualTo(HttpStatusCode.OK);
    }

    [Test]
    [Arguments("s3://", 404, "NoSuchBucket", "has no bucket 'models'")]
    [Arguments("s3://", 403, "AccessDenied", "refuses access to bucket 'models'")]
    [Arguments("gs://", 404, "notFound", "has no bucket 'models'")]
    [Arguments("gs://", 403, "forbidden", "refuses access to bucket 'models'")]
    [Arguments("az://", 404, "ContainerNotFound", "has no container 'models'")]
    [Arguments("az://", 403, "AuthenticationFailed", "refuses access to container 'models'")]
    [Arguments("azfs://", 404, "ShareNotFound", "has no share 'models'")]
    [Arguments("azfs://", 403, "AuthenticationFailed", "refuses access to share 'models'")]
    public async Task StoreThatSaysNo_EndsTheStartWithTheReasonAsTheLastLine(string scheme, int status, string word, string reason)
    {
        await using FakeCloud cloud = new(scheme);
        using TemporaryFolder cache = new();
        cloud.Fault = _ => cloud.No(status, word);
        (int code, string output, _) = await OvmsProcess.RunAsync(
            [
                "--model_path", $"{scheme}models/repo/m", "--model_name", "m", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1",
                "--remote_cache_dir", cache.Path, "--log_level", "ERROR",
            ],
            EnvironmentOf(cloud));
        await Assert.That(code).IsEqualTo(1).Because(output);
        await Assert.That(output.Split('\n')[^1]).Contains("[error]").And.Contains("The server ends").And.Contains(reason);
        await Assert.That(output).DoesNotContain(FakeCloud.Secret);
    }

    [Test]
    public async Task PortThatIsTaken_IsTheLastLineThoughLittleIsLogged()
    {
        using TcpListener occupant = new(IPAddress.Loopback, 0);
        occupant.Start();
        int port = ((IPEndPoint)occupant.LocalEndpoint).Port;
        (int code, string output, _) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("dummy"), "--model_name", "m", "--rest_port", $"{port}", "--rest_bind_address", "127.0.0.1", "--log_level", "ERROR"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output.Split('\n')[^1]).Contains("[error]").And.Contains($"{port}");
    }

    private static Dictionary<string, string?> EnvironmentOf(FakeCloud cloud)
    {
        Dictionary<string, string?> environment = cloud.Variables.ToDictionary(static pair => pair.Key, static pair => (string?)pair.Value);
        environment["no_proxy"] = "127.0.0.1";
        return environment;
    }

    // What ovms check notes of a model that has no versions yet; that is no problem.
    private static async Task<string> CheckAsync(IReadOnlyDictionary<string, string?> environment, params string[] model)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", .. model], environment);
        await Assert.That(code).IsEqualTo(0).Because(output + errors);
        await Assert.That(output).EndsWith("Configuration is good: 1 model.");
        const string Note = "note: Model m has no versions to serve yet: ";
        string[] notes = [.. output.Split('\n').Where(static line => line.StartsWith(Note, StringComparison.Ordinal))];
        await Assert.That(notes.Length).IsEqualTo(1).Because(output);
        return notes[0]["note: ".Length..];
    }

    private static async Task<HttpStatusCode> ReadyAsync(OvmsServer server)
    {
        using HttpResponseMessage ready = await server.Http.GetAsync("/v2/health/ready");
        return ready.StatusCode;
    }
}
