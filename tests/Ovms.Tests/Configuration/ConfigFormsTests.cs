using Ovms.Configuration;
using Ovms.Options;
using Ovms.Serving.Loading;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Configuration;

/// <summary>Wrong kinds and unknown keys anywhere in an entry are faults of the file; what values mean is the model's matter.</summary>
public class ConfigFormsTests
{
    [Test]
    [Arguments("\"model_version_policy\": {\"all\": 3}", ".model_version_policy.all: expected an object, got a number")]
    [Arguments("\"model_version_policy\": {\"all\": {\"x\": 1}}", ".model_version_policy.all.x: unknown key")]
    [Arguments("\"model_version_policy\": {\"A\": []}", ".model_version_policy.A: unknown key")]
    [Arguments("\"model_version_policy\": {}", ".model_version_policy: expected an object with one of these keys: all, latest, specific")]
    [Arguments("\"model_version_policy\": {\"all\": {}, \"latest\": {\"num_versions\": 1}}", ".model_version_policy: expected an object with one of these keys: all, latest, specific")]
    [Arguments("\"model_version_policy\": {\"latest\": {}}", ".model_version_policy.latest: 'num_versions' is required")]
    [Arguments("\"model_version_policy\": {\"latest\": {\"num_versions\": \"1\"}}", ".model_version_policy.latest.num_versions: expected a number, got a string")]
    [Arguments("\"model_version_policy\": {\"latest\": {\"num_versions\": 1.5}}", ".model_version_policy.latest.num_versions: '1.5' is not a whole number")]
    [Arguments("\"model_version_policy\": {\"latest\": {\"num_versions\": 0}}", ".model_version_policy.latest.num_versions: expected a whole number from 1, got 0")]
    [Arguments("\"model_version_policy\": {\"specific\": {\"versions\": []}}", ".model_version_policy.specific.versions: expected an array of at least one item, got an empty one")]
    [Arguments("\"model_version_policy\": {\"specific\": {\"versions\": [1, -2]}}", ".model_version_policy.specific.versions[1]: expected a whole number from 1, got -2")]
    [Arguments("\"model_version_policy\": {\"specific\": {\"versions\": [1, \"2\"]}}", ".model_version_policy.specific.versions[1]: expected a number, got a string")]
    [Arguments("\"shape\": {\"A\": []}", ".shape.A: expected a string, got an array")]
    [Arguments("\"shape\": {\"A\": \"(1)\", \"A\": \"(2)\"}", ".shape.A: is given twice")]
    [Arguments("\"layout\": {\"A\": null}", ".layout.A: expected a string, got null")]
    [Arguments("\"mean\": [1, \"2\"]", ".mean[1]: expected a number, got a string")]
    [Arguments("\"scale\": [[1]]", ".scale[0]: expected a number, got an array")]
    [Arguments("\"plugin_config\": {\"NUM_STREAMS\": []}", ".plugin_config.NUM_STREAMS: expected a string or a number or true or false, got an array")]
    [Arguments("\"plugin_config\": {\"DEVICE_PROPERTIES\": {\"CPU\": 1}}", ".plugin_config.DEVICE_PROPERTIES.CPU: expected an object, got a number")]
    [Arguments("\"plugin_config\": {\"DEVICE_PROPERTIES\": []}", ".plugin_config.DEVICE_PROPERTIES: expected a string or an object, got an array")]
    [Arguments("\"shape\": []", ".shape: expected a string or an object, got an array")]
    public async Task WrongFormInAModel_IsTheFilesFault(string member, string problem) =>
        await Assert.That(Read($$$"""{"model_config_list": [{"config": {"name": "m", {{{member}}}}}]}""").Detail!.Split('\n')[1..])
            .IsEquivalentTo(["$.model_config_list[0].config" + problem]);

    [Test]
    [Arguments("\"shape\": {\"A\": \"(1,\"}")]
    [Arguments("\"shape\": \"{\\\"A\\\": []}\"")]
    [Arguments("\"layout\": \"XYZ\"")]
    [Arguments("\"plugin_config\": {\"NO_SUCH\": 1, \"DEVICE_PROPERTIES\": \"{}\"}")]
    [Arguments("\"nireq\": 100001")]
    public async Task WrongValueInAModel_IsTheModelsFault(string member) =>
        await Assert.That(Read($$$"""{"model_config_list": [{"config": {"name": "m", {{{member}}}}}]}""").Text).IsEqualTo("OK");

    [Test]
    [Arguments("\"task\": \"embeddings\"", "task: 'embeddings' is not one of text_generation, none")]
    [Arguments("\"task\": \"text-generation\"", "task: 'text-generation' is not one of text_generation, none")]
    [Arguments("\"pipeline_type\": \"FOO\"", "pipeline_type: 'FOO' is not one of LM, LM_CB, VLM, VLM_CB, OMNI, AUTO")]
    [Arguments("\"max_num_batched_tokens\": 0", "max_num_batched_tokens: '0' is not a whole number from 1 to 1048576")]
    [Arguments("\"max_num_seqs\": 0", "max_num_seqs: '0' is not a whole number from 1 to 65536")]
    [Arguments("\"best_of_limit\": 0", "best_of_limit: '0' is not a whole number from 1 to 4294967295")]
    [Arguments("\"max_tokens_limit\": 0", "max_tokens_limit: '0' is not a whole number from 1 to 4294967295")]
    [Arguments("\"enable_prefix_caching\": \"maybe\"", "enable_prefix_caching: 'maybe' is not one of")]
    [Arguments("\"cache_size\": 2000000", "cache_size: '2000000' is not a whole number from 0 to 1048576")]
    [Arguments("\"kv_cache_precision\": \"int8\"", "kv_cache_precision: 'int8' is not one of u8, u4, f16, bf16, f32")]
    [Arguments("\"warmup\": \"maybe\"", "warmup: 'maybe' is not one of")]
    [Arguments("\"load_timeout_seconds\": 999999", "load_timeout_seconds: '999999' is not a whole number from 0 to")]
    public async Task ValueThatIsNotAllowed_FailsItsModelAlone(string member, string why)
    {
        Outcome<ServerConfig> read = Read($$$"""
            {"model_config_list": [{"config": {"name": "bad", {{{member}}}}}, {"config": {"name": "good"}}]}
            """);
        await Assert.That(read.Text).IsEqualTo("OK");
        Outcome<ModelConfig> bad = ModelConfig.From(read.Value!.Models[0], new ServerOptions());
        await Assert.That(bad.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(bad.Detail!).StartsWith("$.model_config_list[0].config." + why);
        await Assert.That(ModelConfig.From(read.Value.Models[1], new ServerOptions()).IsOk).IsTrue();
    }

    [Test]
    public async Task ValuesThatAreNotAllowed_AreToldTogether()
    {
        Outcome<ServerConfig> read = Read("""{"model_config_list": [{"config": {"name": "m", "max_num_seqs": 0, "pipeline_type": "FOO"}}]}""");
        await Assert.That(ModelConfig.From(read.Value!.Models[0], new ServerOptions()).Detail!).Contains("max_num_seqs").And.Contains("pipeline_type");
    }

    [Test]
    [Arguments("{}", ": 'name' is required|: 'inputs' is required|: 'nodes' is required|: 'outputs' is required")]
    [Arguments("""{"name": "p", "inputs": [1], "nodes": 1, "outputs": [{"o": 1}]}""", ".nodes: expected an array, got a number|.inputs[0]: expected a string, got a number|.outputs[0].o: expected an object, got a number")]
    [Arguments("""{"name": "p", "inputs": [], "nodes": [{"name": "n"}], "outputs": []}""", ".nodes[0]: 'type' is required|.nodes[0]: 'inputs' is required|.nodes[0]: 'outputs' is required")]
    [Arguments(
        """{"name": "p", "inputs": [], "outputs": [], "nodes": [{"name": "n", "type": "model", "inputs": [{}, {"a": {"node_name": "x"}}], "outputs": [{"data_item": "d", "alias": 1}], "parms": {}}]}""",
        ".nodes[0].parms: unknown key; did you mean 'params'?|.nodes[0].type: 'model' is not one of: DL model, custom|.nodes[0].inputs[0]: expected an object with one key, got one with 0|.nodes[0].inputs[1].a: 'data_item' is required|.nodes[0].outputs[0].alias: expected a string, got a number")]
    public async Task WrongFormInAPipeline_IsTheFilesFault(string pipeline, string problems) =>
        await Assert.That(Read($$"""{"model_config_list": [], "pipeline_config_list": [{{pipeline}}]}""").Detail!.Split('\n')[1..])
            .IsEquivalentTo(problems.Split('|').Select(static problem => "$.pipeline_config_list[0]" + problem));

    [Test]
    public async Task RightPipeline_IsTaken()
    {
        Outcome<ServerConfig> read = Read("""
            {"model_config_list": [], "pipeline_config_list": [{"name": "p", "inputs": ["in"], "demultiply_count": -1, "nodes": [
                {"name": "a", "type": "DL model", "model_name": "m", "version": 1, "inputs": [{"x": {"node_name": "request", "data_item": "in"}}], "outputs": [{"data_item": "y", "alias": "y"}]},
                {"name": "b", "type": "custom", "library_name": "l", "params": {"k": "v"}, "demultiply_count": 2, "gather_from_node": "a", "inputs": [], "outputs": []}],
                "outputs": [{"out": {"node_name": "b", "data_item": "y"}}]}]}
            """);
        await Assert.That(read.Text).IsEqualTo("OK");
        await Assert.That(read.Value!.Pipelines.Single().Name).IsEqualTo("p");
    }

    [Test]
    public async Task NameGivenTwice_IsTheFilesFault()
    {
        Outcome<ServerConfig> read = Read("""
            {"model_config_list": [{"config": {"name": "a"}}, {"config": {"name": "a"}}], "mediapipe_config_list": [{"name": "a"}, {"name": "b"}],
             "pipeline_config_list": [{"name": "b", "inputs": [], "nodes": [], "outputs": []}]}
            """);
        const string Hint = "; a name is given once, to a model, a graph or a pipeline";
        await Assert.That(read.Detail!.Split('\n')[1..]).IsEquivalentTo(
        [
            "$.model_config_list[1].config.name: the name 'a' is taken by $.model_config_list[0].config" + Hint,
            "$.mediapipe_config_list[0].name: the name 'a' is taken by $.model_config_list[0].config" + Hint,
            "$.pipeline_config_list[0].name: the name 'b' is taken by $.mediapipe_config_list[1]" + Hint,
        ]);
    }

    [Test]
    public async Task ManyProblems_AreCountedAndTheFirstAreTold()
    {
        Outcome<ServerConfig> read = Read($$"""{"model_config_list": [{{string.Join(',', Enumerable.Repeat("1", 100_000))}}]}""");
        string[] lines = read.Detail!.Split('\n');
        await Assert.That(lines.Length).IsLessThan(300);
        await Assert.That(lines[0]).Contains("has 100000 problems");
        await Assert.That(lines[^1]).IsEqualTo("… and 99800 more, which are not listed");
    }

    private static Outcome<ServerConfig> Read(string text)
    {
        using TemporaryFolder folder = new();
        return new ConfigFile(folder.Write("config.json", System.Text.Encoding.UTF8.GetBytes(text)), static _ => null).Read();
    }
}
