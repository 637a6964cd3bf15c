using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>What the server finds out about devices and tells: counts of infer requests, devices that execute, batches that fill.</summary>
public sealed class DeviceFactsTests
{
    private static readonly float[] s_input = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Test]
    [Arguments("--nireq", "5", 5)]
    [Arguments("--plugin_config", """{"NUM_STREAMS": 2}""", 2)]
    [Arguments("--plugin_config", """{"NUM_STREAMS": 1}""", 2)]
    public async Task InferRequests_AreAsManyAsAskedElseAsTheModelFindsBest_AndNeverOne(string option, string value, int expected)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", option, value);
        await Assert.That(server.Process.Output).Contains($"No of InferRequests: {expected};");
    }

    [Test]
    public async Task DevicesThatExecute_OtherThanAsked_AreWarnedOf()
    {
        // Under aliases OpenVINO reports one device for MULTI where two were asked for.
        using PluginAliases aliases = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--openvino_plugins_xml", aliases.Path, "--target_device", "MULTI:CPU,NPU_ON_CPU");
        string warning = await Assert.That(server.Process.Output.Split('\n').Where(static line => line.Contains("][warning][", StringComparison.Ordinal))).HasSingleItem();
        await Assert.That(warning).Contains("MULTI:CPU,NPU_ON_CPU was requested");
    }

    [Test]
    public async Task FullBatch_GoesWithoutWaitingForTheTimeout()
    {
        // Alone, a call would wait longer than any test: that all are answered shows that they rode together.
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--target_device", "BATCH:CPU(16)", "--nireq", "16", "--plugin_config", """{"AUTO_BATCH_TIMEOUT": 3600000}""");
        for (int round = 0; round < 3; round++)
        {
            Task<ModelInferResponse>[] calls = [.. Enumerable.Range(0, 16).Select(i => server.Client.ModelInferAsync(
                Requests.For("dummy").WithRaw("b", "FP32", [1, 10], s_input.Select(value => value + i).ToArray())).ResponseAsync)];
            ModelInferResponse[] answers = await Task.WhenAll(calls).WaitAsync(OvmsProcess.Patience);
            for (int i = 0; i < answers.Length; i++)
            {
                await Assert.That(answers[i].Values<float>("a")).IsEquivalentTo(s_input.Select(value => value + i + 1));
            }
        }
    }

    [Test]
    [Arguments("""{"latest": {"num_versions": 0}}""", "num_versions")]
    [Arguments("""{"latest": 1}""", "num_versions")]
    [Arguments("""{"newest": {}}""", "newest")]
    [Arguments("all", "JSON")]
    public async Task VersionPolicyThatCannotBeHeld_EndsWithOneAndASentence(string policy, string part)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("versions"), "--model_name", "m", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1", "--model_version_policy", policy]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(output + errors).Contains(part);
    }
}
