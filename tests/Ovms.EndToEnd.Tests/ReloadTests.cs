using System.Net;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What is served follows the repository and the configuration file while the server runs.</summary>
public sealed class ReloadTests
{
    [Test]
    public async Task VersionsInAndOut_AreFollowedByPolling()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync();
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);

        repository.Put("m", 2, adds: 2);
        await repository.UntilAsync("m", "1 END, 2 AVAILABLE");
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(2f);
        RpcException retired = await Fault.OfAsync(async () => await repository.AddsAsync("m", "1"));
        await Assert.That(retired.StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That(retired.Status.Detail).IsEqualTo("Model with requested version is retired");

        repository.Remove("m", 2);
        await repository.UntilAsync("m", "1 AVAILABLE, 2 END");
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);

        repository.Remove("m", 1);
        await repository.UntilAsync("m", "1 END, 2 END");
        await repository.Process.WaitForLineAsync(static line => line.Contains("Model m has no versions to serve", StringComparison.Ordinal));
        await Assert.That(repository.Process.HasExited).IsFalse();
    }

    [Test]
    public async Task SingleModel_FollowsItsVersionsToo()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        await using OvmsServer server = await OvmsServer.StartAsync(repository["m"], "m");
        repository.Put("m", 3, adds: 3);
        await server.Process.WaitForLineAsync(static line => line.Contains("Version 1 of model m status change. New status: ( \"state\": \"END\"", StringComparison.Ordinal));
        float[] values = (await server.Client.ModelInferAsync(Requests.For("m").WithRaw("b", "FP32", [1, 10], new float[10]))).Values<float>("a");
        await Assert.That(values[0]).IsEqualTo(3f);

        using HttpResponseMessage reload = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(reload.StatusCode).IsEqualTo(HttpStatusCode.OK);
    }

    [Test]
    public async Task AnswerOfAReload_ShowsTheEndOfWhatItRemoves()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        for (int version = 2; version <= 6; version++)
        {
            repository.Put("m", version, adds: 1);
            (HttpStatusCode code, string body, _) = await repository.ReloadAsync();
            await Assert.That(code).IsEqualTo(HttpStatusCode.Created);
            await Assert.That(body).DoesNotContain("UNLOADING").And.Contains("END");
        }
    }

    [Test]
    public async Task States_FollowTheirOrderInTheLog()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        repository.Put("m", 2, adds: 2);
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await repository.Process.WaitForLineAsync(static line => line.Contains("\"END\"", StringComparison.Ordinal));
        const string Mark = "STATUS CHANGE: Version ";
        string[] changes = [.. repository.Process.Output.Split('\n').Where(static line => line.Contains(Mark, StringComparison.Ordinal)).Select(static line => line[(line.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..])];
        string[] expected =
        [
            .. new[] { (1, "START"), (1, "LOADING"), (1, "AVAILABLE"), (2, "START"), (2, "LOADING"), (2, "AVAILABLE"), (1, "UNLOADING"), (1, "END") }
                .Select(static step => $"{step.Item1} of model m status change. New status: ( \"state\": \"{step.Item2}\", \"error_code\": \"OK\" )"),
        ];
        await Assert.That(changes).IsEquivalentTo(expected, TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task PolicyInTheFile_ChoosesWithoutACompilation()
    {
        await using LivingRepository repository = new();
        for (int version = 1; version <= 3; version++)
        {
            repository.Put("m", version, adds: version);
        }

        repository.Configure("m");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        await Assert.That(await repository.StatesAsync("m")).IsEqualTo("3 AVAILABLE");

        repository.Configure("""m, "model_version_policy": {"all": {}}""");
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await Assert.That(await repository.StatesAsync("m")).IsEqualTo("1 AVAILABLE, 2 AVAILABLE, 3 AVAILABLE");
        await Assert.That(await repository.AddsAsync("m", "2")).IsEqualTo(2f);

        repository.Configure("""m, "model_version_policy": {"specific": {"versions": [1, 9]}}""");
        await repository.ReloadAsync();
        await repository.UntilAsync("m", "1 AVAILABLE, 2 END, 3 END");
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);
        await Assert.That(repository.Process.Output.Split("Loaded model m;").Length - 1).IsEqualTo(3);
    }

    [Test]
    public async Task BrokenVersion_FallsBackAndRecovers()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.PutBroken("m", 2);
        repository.Configure("m");
        await repository.StartAsync();
        await Assert.That(await repository.StatesAsync("m")).IsEqualTo("1 AVAILABLE, 2 LOADING");
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);
        (string body, string? error) = await repository.StatusAsync();
        await Assert.That(body).Contains("\"error_code\": \"UNKNOWN\"");
        await Assert.That(body).Contains("versions.xml is not whole");
        await Assert.That(error!).Contains("Model m; version: 2");
        (HttpStatusCode code, string refused, _) = await repository.ReloadAsync();
        await Assert.That(code).IsEqualTo(HttpStatusCode.InternalServerError);
        await Assert.That(refused).IsEqualTo("{\n\t\"error\": \"Reloading models versions failed. Check server logs for more info.\"\n}");
        string told = await repository.Process.WaitForLineAsync(static line => line.Contains("failed: REST POST /v1/config/reload", StringComparison.Ordinal));
        await Assert.That(told).Contains("Reloading models versions failed.").And.Contains("Model m; version: 2").And.Contains("versions.xml is not whole");

        repository.Put("m", 2, adds: 2);
        await repository.UntilAsync("m", "1 END, 2 AVAILABLE");
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(2f);
        await Assert.That((await repository.StatusAsync()).Error).IsNull();
    }

    [Test]
    public async Task HalfCopiedFolder_IsNoErrorUntilItStaysSo()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync();
        repository.PutBroken("m", 2);
        await repository.Process.WaitForLineAsync(static line => line.Contains("[error]", StringComparison.Ordinal) && line.Contains("version: 2", StringComparison.Ordinal));
        string output = repository.Process.Output;
        await Assert.That(output.IndexOf("is not complete yet", StringComparison.Ordinal)).IsBetween(0, output.IndexOf("[error]", StringComparison.Ordinal));
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);
        repository.Put("m", 2, adds: 2);
        await repository.UntilAsync("m", "1 END, 2 AVAILABLE");
    }

    [Test]
    public async Task ChangedFilesInAServedVersion_AreServed()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync();
        repository.Put("m", 1, adds: 3);
        await repository.Process.WaitForLineAsync(static line => line.Contains("was replaced by one made from", StringComparison.Ordinal));
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(3f);
        await Assert.That(await repository.StatesAsync("m")).IsEqualTo("1 AVAILABLE");
    }

    [Test]
    public async Task ChangedSetting_RecompilesItsModelOnly()
    {
        await using LivingRepository repository = new();
        repository.Put("a", 1, adds: 1);
        repository.Put("b", 1, adds: 2);
        repository.Configure("a", "b");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        repository.Configure("""a, "nireq": 3""", "b");
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await repository.Process.WaitForLineAsync(static line => line.Contains("Loaded model a;", StringComparison.Ordinal) && line.Contains("No of InferRequests: 3", StringComparison.Ordinal));
        await Assert.That(repository.Process.Output.Split("Loaded model b;").Length - 1).IsEqualTo(1);

        repository.Configure("b");
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await repository.UntilAsync("a", "1 END");
        RpcException gone = await Fault.OfAsync(async () => await repository.AddsAsync("a"));
        await Assert.That(gone.StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That(await repository.AddsAsync("b")).IsEqualTo(2f);
        using HttpResponseMessage ready = await repository.Http.GetAsync("/v2/health/ready");
        await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.OK);
    }

    [Test]
    public async Task BadFile_KeepsWhatServesAndIsShown()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync();
        (string before, string? error) = await repository.StatusAsync();
        await Assert.That(error).IsNull();

        repository.ConfigureRaw("""{"model_config_list": [{"config": {"name": "m", "base_pth": "/x"}}]}""");
        await repository.Process.WaitForLineAsync(static line => line.Contains("The configuration is invalid", StringComparison.Ordinal));
        (string after, error) = await repository.StatusAsync();
        await Assert.That(after).IsEqualTo(before);
        await Assert.That(error!).Contains("base_pth");
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);
        (HttpStatusCode code, string body, _) = await repository.ReloadAsync();
        await Assert.That(code).IsEqualTo(HttpStatusCode.PreconditionFailed);
        await Assert.That(body).IsEqualTo("{\n\t\"error\": \"Reloading config file failed. Check server logs for more info.\"\n}");

        File.Delete(repository["config.json"]);
        (code, body, _) = await repository.ReloadAsync();
        await Assert.That(code).IsEqualTo(HttpStatusCode.InternalServerError);
        await Assert.That(body).IsEqualTo("{\n\t\"error\": \"Config file not found or cannot open.\"\n}");

        repository.Configure("m");
        (code, body, error) = await repository.ReloadAsync();
        await Assert.That(code).IsEqualTo(HttpStatusCode.OK);
        await Assert.That(body).IsEqualTo(before);
        await Assert.That(error).IsNull();
    }

    [Test]
    public async Task ConfigBody_HasTheFormOfTheOriginal()
    {
        await using LivingRepository repository = new();
        repository.Put("two", 1, adds: 1);
        repository.Put("two", 2, adds: 2);
        Directory.CreateDirectory(repository["empty"]);
        repository.Configure("""two, "model_version_policy": {"all": {}}""", "empty");
        await repository.StartAsync("--ready_when", "any");
        const string Row = """
              {
               "version": "VERSION",
               "state": "AVAILABLE",
               "status": {
                "error_code": "OK",
                "error_message": "OK"
               }
              }
            """;
        string expected = "{\n\"empty\" : \n{\n \"model_version_status\": []\n},\n\"two\" : \n{\n \"model_version_status\": [\n"
            + Row.Replace("VERSION", "1", StringComparison.Ordinal).ReplaceLineEndings("\n") + ",\n" + Row.Replace("VERSION", "2", StringComparison.Ordinal).ReplaceLineEndings("\n") + "\n ]\n}\n}";
        await Assert.That((await repository.StatusAsync()).Body).IsEqualTo(expected);
        using HttpResponseMessage ready = await repository.Http.GetAsync("/v2/health/ready");
        await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.OK);
    }

    [Test]
    public async Task BrokenModel_StaysAloneAndTheServerUpThoughNotReady()
    {
        await using LivingRepository repository = new();
        repository.Put("good", 1, adds: 1);
        repository.PutBroken("bad", 1);
        repository.Configure("good", "bad", "absent");
        await repository.StartAsync();
        await Assert.That(await repository.AddsAsync("good")).IsEqualTo(1f);
        using HttpResponseMessage ready = await repository.Http.GetAsync("/v2/health/ready");
        await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        await Assert.That(await repository.StatesAsync("bad")).IsEqualTo("1 LOADING");
        RpcException fault = await Fault.OfAsync(async () => await repository.AddsAsync("bad"));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.Unavailable);
    }
}
