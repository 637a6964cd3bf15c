using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What an operator reads: the lines of a start, where they go, and how much of them.</summary>
public sealed partial class LogTests
{
    [Test]
    public async Task Start_TellsVersionsDevicesAndTheLoad()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--nireq", "3", "--plugin_config", """{"NUM_STREAMS": 1}""");
        await server.Process.StopAsync();
        string[] lines = server.Process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        await Assert.That(lines.All(static line => LinePattern().IsMatch(line))).IsTrue();
        string log = server.Process.Output;
        await Assert.That(log).Contains("OpenVINO Model Server ");
        await Assert.That(log).Contains("OpenVINO backend 2026.");
        await Assert.That(log).Contains("Devices seen: CPU (");
        await Assert.That(log).Contains($"Started gRPC server on 127.0.0.1:{server.GrpcPort}");
        await Assert.That(log).Contains($"Started REST server on 127.0.0.1:{server.RestPort}");
        Match load = LoadPattern().Match(log);
        await Assert.That(load.Success).IsTrue().Because(log);
        await Assert.That(load.Groups["asked"].Value).IsEqualTo("CPU");
        await Assert.That(load.Groups["executing"].Value).IsEqualTo("CPU");
        await Assert.That(load.Groups["streams"].Value).IsEqualTo("1");
        await Assert.That(load.Groups["requests"].Value).IsEqualTo("3");
        foreach (string state in new[] { "START", "LOADING", "AVAILABLE", "UNLOADING", "END" })
        {
            await Assert.That(log).Contains($"STATUS CHANGE: Version 1 of model dummy status change. New status: ( \"state\": \"{state}\", \"error_code\": \"OK\" )");
        }
    }

    [Test]
    public async Task NoHintAndNoStreams_MeanLatency()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        await Assert.That(LoadPattern().Match(server.Process.Output).Groups["hint"].Value).IsEqualTo("LATENCY");
    }

    [Test]
    public async Task LogPath_GetsTheSameLines()
    {
        string folder = Directory.CreateTempSubdirectory("ovms-log-").FullName;
        try
        {
            string file = Path.Combine(folder, "ovms.log");
            await File.WriteAllTextAsync(file, "an earlier run\n");
            await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--log_path", file);
            await server.Process.StopAsync();
            string[] written = await File.ReadAllLinesAsync(file);
            await Assert.That(written[0]).IsEqualTo("an earlier run");
            await Assert.That(string.Join('\n', written[1..])).IsEqualTo(server.Process.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task LogPathThatCannotBeOpened_EndsWithOneAndASentence()
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--rest_port", $"{FreePort.Next()}", "--log_path", "/no/such/folder/ovms.log"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).IsEmpty();
        await Assert.That(errors).Contains("/no/such/folder/ovms.log");
        await Assert.That(errors).Contains("--log_path");
        await Assert.That(errors).DoesNotContain("   at ");
    }

    [Test]
    public async Task LevelError_TellsTheReasonForTheEndOnce()
    {
        (int code, string output, _) = await OvmsProcess.RunAsync(
            ["--model_path", "/no/such/model", "--model_name", "m", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1", "--log_level", "ERROR"]);
        await Assert.That(code).IsEqualTo(1);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await Assert.That(lines).Count().IsEqualTo(1);
        await Assert.That(lines.All(static line => line.Contains("][error][", StringComparison.Ordinal))).IsTrue().Because(output);
        await Assert.That(lines[^1]).Contains("The server ends").And.Contains("/no/such/model");
    }

    [Test]
    public async Task OptionsWithoutEffect_AreToldOnce()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--grpc_max_threads", "9", "--rest_workers", "2", "--grpc_channel_arguments", "grpc.no_such_thing=1", "--custom_node_resources_cleaner_interval_seconds", "7");
        foreach (string name in new[] { "grpc_max_threads", "rest_workers", "grpc.no_such_thing", "custom_node_resources_cleaner_interval_seconds" })
        {
            await Assert.That(server.Process.Output.Split('\n').Where(line => line.Contains(name, StringComparison.Ordinal) && line.Contains("no effect", StringComparison.Ordinal))).HasSingleItem().Because(name);
        }
    }

    [GeneratedRegex(@"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\]\[(trace|debug|info|warning|error)\]\[[^\]]+\] .")]
    private static partial Regex LinePattern();

    [GeneratedRegex(@"Loaded model dummy; version: 1; device requested: (?<asked>[^;]+); devices executing: (?<executing>[^;]+); streams: (?<streams>\d+); threads: \d+; hint: (?<hint>\w+); precision: \w+; No of InferRequests: (?<requests>\d+); read in \d+\.\d+ s; compiled in \d+\.\d+ s")]
    private static partial Regex LoadPattern();
}
