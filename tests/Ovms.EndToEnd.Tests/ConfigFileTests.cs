using System.Net;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Serving what a config.json names, and checking and changing such files.</summary>
public sealed class ConfigFileTests
{
    [Test]
    public async Task BrokenModels_KeepNoOtherFromServing()
    {
        using ConfigFolder folder = new("""
            {"model_config_list": [
                {"config": {"name": "no_path", "base_path": "/no/such/path"}},
                {"config": {"name": "bad_shape", "base_path": "${MODELS}/dummy", "shape": "(1,"}},
                {"config": {"name": "bad_plugin", "base_path": "${MODELS}/dummy", "plugin_config": {"NO_SUCH_KEY": 1}}},
                {"config": {"name": "bad_nireq", "base_path": "${MODELS}/dummy", "nireq": 100001}},
                {"config": {"name": "bad_device", "base_path": "${MODELS}/dummy", "target_device": "TOASTER"}},
                {"config": {"name": "good", "base_path": "${MODELS}/dummy"}}
            ]}
            """);
        await using OvmsServer server = await folder.StartAsync("\"state\": \"AVAILABLE\"");
        await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "good" })).Ready).IsTrue();
        foreach (string part in (string[])["no_path", "bad_shape", "bad_plugin", "bad_nireq", "bad_device"])
        {
            await server.Process.WaitForLineAsync(line => line.Contains("[error]", StringComparison.Ordinal) && line.Contains(part, StringComparison.Ordinal));
        }

        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task InvalidFile_EndsWith1_AndAllItsProblems()
    {
        using ConfigFolder folder = new("""{"model_config_list": [{"config": {"name": "a", "nirq": 1}}, {"config": {"base_path": "${NO_SUCH_VARIABLE}"}}], "montoring": {}}""");
        (int code, string output, _) = await OvmsProcess.RunAsync(["--config_path", folder.File, "--port", $"{FreePort.Next()}"]);
        await Assert.That(code).IsEqualTo(1);
        foreach (string part in (string[])
            ["$.montoring: unknown key; did you mean 'monitoring'?", "$.model_config_list[0].config.nirq: unknown key; did you mean 'nireq'?", "$.model_config_list[1].config: 'name' is required", "NO_SUCH_VARIABLE is not set"])
        {
            await Assert.That(output).Contains(part);
        }
    }

    [Test]
    [Arguments("""{"config": {"name": "m", "base_path": "${MODELS}/dummy", "model_version_policy": {"all": 3}}}""", "", "model_version_policy.all: expected an object")]
    [Arguments("""{"config": {"name": "m", "base_path": "${MODELS}/dummy", "shape": {"A": []}}}""", "", "shape.A: expected a string")]
    [Arguments("""{"config": {"name": "m", "base_path": "${MODELS}/dummy"}}, {"config": {"name": "m", "base_path": "${MODELS}/sum"}}""", "", "the name 'm' is taken")]
    [Arguments("", """, "pipeline_config_list": [{"name": "p", "inputs": [], "nodes": 7, "outputs": []}]""", "nodes: expected an array")]
    public async Task MalformedEntry_IsTheSameFaultAtStartReloadAndCheck(string entries, string more, string problem)
    {
        using ConfigFolder folder = new("""{"model_config_list": [{"config": {"name": "good", "base_path": "${MODELS}/dummy"}}]}""");
        string bad = $$"""{"model_config_list": [{{entries}}]{{more}}}""";
        await using (OvmsServer server = await folder.StartAsync("Ready after", "--file_system_poll_wait_seconds", "0"))
        {
            folder.Write("config.json", bad);
            using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
            await Assert.That((int)reloaded.StatusCode).IsEqualTo(412);
            await Assert.That(reloaded.Headers.GetValues("Ovms-Config-Error").Single()).Contains(problem);
            await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "good" })).Ready).IsTrue();
        }

        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains(problem);
        (code, output, _) = await OvmsProcess.RunAsync(["--config_path", folder.File, "--port", $"{FreePort.Next()}"], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains(problem);
    }

    [Test]
    public async Task ListOfAGraphsModelsThatCannotBeRead_IsToldAtStartReloadAndCheck()
    {
        using ConfigFolder folder = new("""{"model_config_list": [{"config": {"name": "g", "base_path": "g"}}, {"config": {"name": "good", "base_path": "${MODELS}/dummy"}}]}""");
        folder.Write("g/graph.pbtxt", "# a graph");
        folder.Write("g/subconfig.json", """{"model_config_list": [{"config": {"name": "good", "base_path": "${MODELS}/summator"}}]}""");
        const string Problem = "the name 'good' is taken by $.model_config_list[1].config";
        await using OvmsServer server = await folder.StartAsync(" after ", "--file_system_poll_wait_seconds", "0");
        await server.Process.WaitForLineAsync(static line => line.Contains("[error]", StringComparison.Ordinal) && line.Contains(Problem, StringComparison.Ordinal));
        using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That((int)reloaded.StatusCode).IsEqualTo(412);
        await Assert.That(reloaded.Headers.GetValues("Ovms-Config-Error").Single()).Contains(Problem);
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains(Problem);
    }

    [Test]
    public async Task Check_TellsEveryProblemAndStartsNothing()
    {
        using ConfigFolder folder = new("""
            {"model_config_list": [
                {"config": {"name": "good", "base_path": "${MODELS}/dummy", "plugin_config": {"PERFORMANCE_HINT": "LATENCY", "DEVICE_PROPERTIES": {"CPU": {"INFERENCE_NUM_THREADS": 1}}}}},
                {"config": {"name": "no_path", "base_path": "/no/such/path", "shape": "(1,"}},
                {"config": {"name": "bad_plugin", "base_path": "${MODELS}/dummy", "plugin_config": {"PERFORMANCE_HIND": "LATENCY"}}},
                {"config": {"name": "bad_device", "base_path": "${MODELS}/dummy", "target_device": "TOASTER"}},
                {"config": {"name": "no_version", "base_path": "${MODELS}/versions", "model_version_policy": {"specific": {"versions": [7]}}}}
            ]}
            """);
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        foreach (string part in (string[])["no_path: The provided shape", "no_path: The provided base path", "did you mean PERFORMANCE_HINT?", "bad_device: ", "note: Model no_version has no versions to serve yet", "4 problems"])
        {
            await Assert.That(output).Contains(part);
        }

        await Assert.That(output).DoesNotContain("good:");
        (code, output, errors) = await OvmsProcess.RunAsync(["check", "--model_name", "m", "--model_path", Repo.Model("dummy")]);
        await Assert.That((code, output)).IsEqualTo((0, "Configuration is good: 1 model.")).Because(errors);
        (code, output, errors) = await OvmsProcess.RunAsync(
            ["check", "--model_name", "m", "--model_path", Repo.Model("dummy"), "--shape", """{"zz":"(1,10)"}""", "--layout", """{"b":"NC","q":"NC"}"""]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output + errors).Contains("Given: zz; Inputs: b").And.Contains("Given: q; Inputs: b");
        (code, output, errors) = await OvmsProcess.RunAsync(["check", "--model_name", "m", "--model_path", Repo.Model("dummy"), "--batch_size", "many"]);
        await Assert.That(code).IsEqualTo(0).Because(errors);
        await Assert.That(output).StartsWith("note: m: Wrong batch size parameter provided.");
    }

    [Test]
    [Arguments("ovms_sterams")]
    [Arguments("ovms_streams")]
    public async Task Check_JudgesNamesOfMetricsAsTheStartDoes(string second)
    {
        using ConfigFolder folder = new("""{"model_config_list": [], "monitoring": {"metrics": {"enable": true, "metrics_list": ["ovms_streams", "SECOND"]}}}""".Replace("SECOND", second, StringComparison.Ordinal));
        (int started, string said, _) = await OvmsProcess.RunAsync(["--config_path", folder.File, "--rest_port", $"{FreePort.Next()}"]);
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File]);
        await Assert.That((started, code)).IsEqualTo((1, 1)).Because(output);
        string problem = output.Split('\n')[0];
        await Assert.That(problem).Contains(second);
        await Assert.That(said).Contains(problem);
    }

    [Test]
    public async Task Repository_IsServedByPaths()
    {
        (int code, string listed, _) = await OvmsProcess.RunAsync(["--list_models", "--model_repository_path", Repo.Model("")]);
        await Assert.That(code).IsEqualTo(0);
        await Assert.That(listed.Split('\n').Skip(2)).Contains("half_plus_two_frozen");
        using ConfigFolder folder = new("{}");
        folder.Copy("dummy", "team/first");
        await using OvmsServer server = await OvmsServer.StartOnAsync("Ready after", null, "--model_repository_path", folder.Path);
        await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "team/first" })).Ready).IsTrue();
        using HttpResponseMessage ready = await server.Http.GetAsync("/v2/models/team%2Ffirst/ready");
        await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.OK);
    }

    [Test]
    public async Task AddedModels_AreServed_AndAddingAtOnceLosesNone()
    {
        using ConfigFolder folder = new("""{"model_config_list": []}""");
        (int ExitCode, string Output, string Errors)[] runs = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            OvmsProcess.RunAsync(["--add_to_config", "--config_path", folder.File, "--model_name", $"m{i}", "--model_path", Repo.Model("dummy")])));
        await Assert.That(runs.Select(static run => run.ExitCode).Distinct()).IsEquivalentTo([0]).Because(string.Concat(runs.Select(static run => run.Output)));
        (int code, string output, _) = await OvmsProcess.RunAsync(["--remove_from_config", "--config_path", folder.File, "--model_name", "m0"]);
        await Assert.That((code, output)).IsEqualTo((0, $"Config updated: {folder.File}"));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        for (int i = 1; i < 6; i++)
        {
            await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = $"m{i}" })).Ready).IsTrue();
        }
    }
}
