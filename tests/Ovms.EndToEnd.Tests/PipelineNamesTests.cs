using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Pipelines whose nodes name what cannot be a node: <c>ovms check</c> and the server say the same.</summary>
public sealed class PipelineNamesTests
{
    // The last two name each other, and a graph and its pipeline do: none may repeat the other's reason, which would grow with each attempt.
    private static readonly (string Pipeline, string Model, string Reason)[] s_wrong =
    [
        ("state", "sum", "Not implemented - Node: n; the stateful model sum cannot be part of a pipeline."),
        ("text", "lm", "Pipeline definition has reference to missing model - Node: n; lm is a language model, not a model that infers."),
        ("graph", "g", "Pipeline definition has reference to missing model - Node: n; g is a graph, not a model that infers."),
        ("self", "self", "Pipeline definition has reference to missing model - Node: n; self is a pipeline, not a model that infers."),
        ("one", "other", "Pipeline definition has reference to missing model - Node: n; other is a pipeline, not a model that infers."),
        ("other", "one", "Pipeline definition has reference to missing model - Node: n; one is a pipeline, not a model that infers."),
    ];

    private static readonly string s_config = $$$"""
        {"model_config_list": [
            {"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}},
            {"config": {"name": "lm", "base_path": "${MODELS}/tiny_lm", "task": "text_generation"}},
            {"config": {"name": "sum", "base_path": "${MODELS}/accumulator", "stateful": true}}],
         "mediapipe_config_list": [{"name": "g"}],
         "pipeline_config_list": [
            {{{string.Join(",\n", s_wrong.Select(static wrong => Pipeline(wrong.Pipeline, wrong.Model)))}}},
            {{{Pipeline("old", "dummy", """, "version": 7""")}}}]}
        """;

    [Test]
    public async Task Check_SaysWhatTheServerSays()
    {
        using ConfigFolder folder = Folder();
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        foreach ((string pipeline, _, string reason) in s_wrong)
        {
            await Assert.That(output).Contains($"{pipeline}: {reason}\n");
        }

        await Assert.That(output).Contains("old: Pipeline definition has reference to missing model - Node: n; model: dummy; it has no version 7; there are: 1.\n");
    }

    [Test]
    public async Task Server_SaysWhatTheNameIs()
    {
        using ConfigFolder folder = Folder();
        await using OvmsServer server = await folder.StartAsync("Ready after", "--ready_when", "tried");
        string states = await server.Http.GetStringAsync("/v1/config");

        // The language model has no tokenizer here, and is not served.
        foreach ((_, _, string reason) in s_wrong.Where(static wrong => wrong.Model != "lm"))
        {
            await Assert.That(states).Contains($"\"error_message\": \"{reason}\"");
        }
    }

    [Test]
    public async Task EditThatIsTakenBack_LeavesNoFault()
    {
        string good = Config("x");
        using ConfigFolder folder = new(good);
        await using OvmsServer server = await folder.StartAsync("Ready after", "--file_system_poll_wait_seconds", "0");
        folder.Write("config.json", Config("y"));
        using HttpResponseMessage wrong = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That((int)wrong.StatusCode).IsEqualTo(412);
        await Assert.That(wrong.Headers.GetValues("Ovms-Config-Error").Single()).Contains("Pipeline definition has reference to missing data source - Node: n; input: b; node_name: request; data_item: x");
        folder.Write("config.json", good);
        using HttpResponseMessage right = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(right.IsSuccessStatusCode).IsTrue();
        await Assert.That(right.Headers.Contains("Ovms-Config-Error")).IsFalse();

        static string Config(string input) => $$$"""
            {"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}],
             "pipeline_config_list": [{"name": "p", "inputs": ["{{{input}}}"], "nodes": [
                {"name": "n", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "request", "data_item": "x"}}], "outputs": [{"data_item": "a", "alias": "y"}]}],
                "outputs": [{"y": {"node_name": "n", "data_item": "y"}}]}]}
            """;
    }

    private static ConfigFolder Folder()
    {
        ConfigFolder folder = new(s_config);
        folder.Write("g/graph.pbtxt", GraphText.Edge(["in"], ["out"]) + GraphText.Infer("graph", ["IN:in=x"], ["OUT:out=y"]));
        return folder;
    }

    private static string Pipeline(string name, string model, string more = "") => $$$"""
        {"name": "{{{name}}}", "inputs": ["x"], "nodes": [
            {"name": "n", "type": "DL model", "model_name": "{{{model}}}"{{{more}}}, "inputs": [{"x": {"node_name": "request", "data_item": "x"}}], "outputs": [{"data_item": "y", "alias": "y"}]}],
            "outputs": [{"y": {"node_name": "n", "data_item": "y"}}]}
        """;
}
