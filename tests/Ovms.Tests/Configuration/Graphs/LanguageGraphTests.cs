using Ovms.Configuration.Graphs;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Tests.Configuration.Graphs;

/// <summary>A graph with one node that generates text becomes the options of a language model.</summary>
public class LanguageGraphTests
{
    private static readonly ModelOptions s_given = new() { ModelName = "chat" };

    // As the original's export script writes it.
    private const string Exported = """
        input_stream: "HTTP_REQUEST_PAYLOAD:input"
        output_stream: "HTTP_RESPONSE_PAYLOAD:output"

        node: {
          name: "LLMExecutor"
          calculator: "HttpLLMCalculator"
          input_stream: "LOOPBACK:loopback"
          input_side_packet: "LLM_NODE_RESOURCES:llm"
          output_stream: "LOOPBACK:loopback"
          input_stream_info: { tag_index: 'LOOPBACK:0', back_edge: true }
          node_options: {
              [type.googleapis.com / mediapipe.LLMCalculatorOptions]: {
                  models_path: "./",
                  plugin_config: '{"KV_CACHE_PRECISION": "u8"}',
                  enable_prefix_caching: true,
                  cache_size: 4,
                  max_num_seqs: 16,
                  device: "CPU",
              }
          }
          input_stream_handler {
            input_stream_handler: "SyncSetInputStreamHandler",
            options { [mediapipe.SyncSetInputStreamHandlerOptions.ext] { sync_set { tag_index: "LOOPBACK:0" } } }
          }
        }
        """;

    [Test]
    public async Task ExportedGraph_BecomesOptions()
    {
        using TempGraph graph = new(Exported);
        Outcome<LanguageGraph> read = LanguageGraph.Read(graph.Path, s_given);
        await Assert.That(read.Text).IsEqualTo(Outcome.Ok.Text);
        await Assert.That(read.Value!.Model).IsEqualTo(s_given with
        {
            Task = TaskKind.TextGeneration,
            ModelPath = graph.Folder,
            PluginConfig = "{\"KV_CACHE_PRECISION\": \"u8\"}",
            EnablePrefixCaching = TrueFalse.True,
            CacheSize = 4,
            MaxNumSeqs = 16,
            TargetDevice = "CPU",
            IsOfGraph = true,
        });
    }

    [Test]
    [Arguments("models_path: '.'", "", false, "AUTO")]
    [Arguments("models_path: '.' pipeline_type: LM", "", false, "LM")]
    [Arguments("models_path: '.' pipeline_type: 2 enable_prefix_caching: t device: 'AUTO'", "AUTO", true, "LM_CB")]
    public async Task DefaultsAreTheOriginals(string fields, string device, bool prefix, string pipeline)
    {
        using TempGraph graph = TempGraph.Of(fields);
        ModelOptions model = LanguageGraph.Read(graph.Path, s_given).Value!.Model;
        await Assert.That((model.TargetDevice, model.EnablePrefixCaching == TrueFalse.True, model.PipelineType)).IsEqualTo((device, prefix, pipeline));
    }

    [Test]
    [Arguments("models_path: '.' draft_models_path: 'd'", "draft_models_path is not served yet")]
    [Arguments("models_path: '.' draft_device: 'CPU'", "draft_device is not served yet")]
    [Arguments("models_path: '.' draft_max_num_batched_tokens: 256", "draft_max_num_batched_tokens is not served yet")]
    [Arguments("models_path: '.' draft_cache_size: 1", "draft_cache_size is not served yet")]
    [Arguments("models_path: '.' draft_block_size: 32", "draft_block_size is not served yet")]
    [Arguments("models_path: '.' draft_max_num_seqs: 8", "draft_max_num_seqs is not served yet")]
    [Arguments("models_path: '.' draft_dynamic_split_fuse: true", "draft_dynamic_split_fuse is not served yet")]
    [Arguments("models_path: '.' draft_eagle3_mode: true", "draft_eagle3_mode is not served yet")]
    [Arguments("models_path: '.' cache_eviction_config { start_size: 1 }", "cache_eviction_config is not served yet")]
    [Arguments("models_path: '.' sparse_attention_config { }", "sparse_attention_config is not served yet")]
    [Arguments("models_path: '.' cache_size: 'four'", "cache_size is a whole number from 0 to 1048576; got four.")]
    [Arguments("models_path: '.' max_num_seqs: 0", "max_num_seqs is a whole number from 1 to 65536; got 0.")]
    [Arguments("models_path: '.' cache_size { }", "cache_size is a whole number from 0 to 1048576; got a message.")]
    [Arguments("models_path: '.' pipeline_type: FAST", "pipeline_type is one of LM, VLM, LM_CB, VLM_CB, OMNI, AUTO; got FAST.")]
    [Arguments("models_path: '.' enable_prefix_caching: maybe", "enable_prefix_caching is true or false; got maybe.")]
    [Arguments("models_path: 7", "models_path is a text in quotes; got 7.")]
    [Arguments("models_path: '.' max_num_seq: 3", "LLMCalculatorOptions has no field max_num_seq; did you mean max_num_seqs?")]
    [Arguments("models_path: '.' speed: 7", "LLMCalculatorOptions has no field speed.")]
    [Arguments("models_path: '.' speed { }", "LLMCalculatorOptions has no field speed.")]
    [Arguments("models_path: 'nowhere'", "there is no folder")]
    [Arguments("models_path: 'a\\000b'", "models_path has a NUL")]
    [Arguments("models_path: '.' device: 'CPU\\000'", "device has a NUL")]
    [Arguments("cache_size: 1", "name no models_path")]
    public async Task WhatCannotBeFollowed_IsRefusedWithItsPlace(string fields, string why)
    {
        using TempGraph graph = TempGraph.Of(fields);
        Outcome<LanguageGraph> read = LanguageGraph.Read(graph.Path, s_given);
        await Assert.That(read.Code).IsEqualTo(StatusCode.GraphInvalid);
        await Assert.That(read.Detail!).Contains(why).And.StartsWith(graph.Path);
    }

    [Test]
    public async Task FieldsWithoutEffect_AreWarnings()
    {
        using TempGraph graph = TempGraph.Of("models_path: '.' block_size: 32 chat_template_mode: JINJA");
        await Assert.That(LanguageGraph.Read(graph.Path, s_given).Value!.Warnings.Length).IsEqualTo(2);
    }

    [Test]
    public async Task OtherGraphs_AreNotServed()
    {
        using TempGraph graph = new("node { calculator: 'OpenVINOInferenceCalculator' }");
        await Assert.That(LanguageGraph.Read(graph.Path, s_given).Code).IsEqualTo(StatusCode.NotImplemented);
    }

    private sealed class TempGraph : IDisposable
    {
        public TempGraph(string text)
        {
            Folder = Directory.CreateTempSubdirectory("graph").FullName;
            File.WriteAllText(Path, text);
        }

        public string Folder { get; }

        public string Path => System.IO.Path.Combine(Folder, "graph.pbtxt");

        public static TempGraph Of(string fields) => new(
            "node { calculator: 'HttpLLMCalculator' node_options { [type.googleapis.com/mediapipe.LLMCalculatorOptions] { "
            + fields + " } } }");

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
