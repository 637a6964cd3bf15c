using Ovms.Devices;
using Ovms.Options;
using Ovms.Options.Parsing;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Tests.Serving.Loading;

/// <summary>Which options of a language model are followed, told as without effect, or refused.</summary>
public sealed class LanguageSettingsTests
{
    private static readonly ModelOptions s_model = new() { ModelName = "m", ModelPath = "/m", Task = TaskKind.TextGeneration };

    [Test]
    [Arguments("HETERO:GPU,CPU", "", "target_device: a language model runs on one device")]
    [Arguments("MULTI:GPU,CPU", "", "target_device: a language model runs on one device")]
    [Arguments("CPU", "{\"MODEL_DISTRIBUTION_POLICY\": \"PIPELINE_PARALLEL\"}", "plugin_config: MODEL_DISTRIBUTION_POLICY: a language model runs on one device")]
    [Arguments("CPU", "{\"prompt_lookup\": true}", "prompt_lookup is speculative decoding")]
    public async Task WhatCannotBeFollowed_IsRefused(string device, string plugin, string text)
    {
        Outcome<LanguageSettings> settings = From(s_model with { TargetDevice = device, PluginConfig = plugin });
        await Assert.That(settings.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(settings.Detail!).Contains(text);
    }

    [Test]
    public async Task PrecisionGivenTwice_IsOneOrAnError()
    {
        ModelOptions given = s_model with { PluginConfig = "{\"KV_CACHE_PRECISION\": \"f16\"}" };
        await Assert.That(From(given).Value!.Plugin.ToString()).IsEqualTo("KV_CACHE_PRECISION=f16");
        await Assert.That(From(given with { KvCachePrecision = "f16" }).IsOk).IsTrue();
        Outcome<LanguageSettings> clash = From(given with { KvCachePrecision = "u8" });
        await Assert.That(clash.Code).IsEqualTo(StatusCode.PluginConfigConflictingParameters);
        await Assert.That(clash.Detail).IsEqualTo(
            "kv_cache_precision is u8, but plugin_config sets KV_CACHE_PRECISION to f16; give one of them.");
        await Assert.That(From(s_model with { KvCachePrecision = "u8" }).Value!.Plugin.ToString()).IsEqualTo("KV_CACHE_PRECISION=u8");
    }

    // CPUs that compute in bf16 refuse a cache of f32 otherwise.
    [Test]
    [Arguments("f32", "", "KV_CACHE_PRECISION=f32 INFERENCE_PRECISION_HINT=f32")]
    [Arguments("", "{\"KV_CACHE_PRECISION\": \"f32\"}", "KV_CACHE_PRECISION=f32 INFERENCE_PRECISION_HINT=f32")]
    [Arguments("f32", "{\"INFERENCE_PRECISION_HINT\": \"bf16\"}", "INFERENCE_PRECISION_HINT=bf16 KV_CACHE_PRECISION=f32")]
    [Arguments("f32", "{\"EXECUTION_MODE_HINT\": \"ACCURACY\"}", "EXECUTION_MODE_HINT=ACCURACY KV_CACHE_PRECISION=f32")]
    public async Task CacheOfF32_IsComputedInF32(string option, string plugin, string expected)
    {
        PluginConfig config = From(s_model with { KvCachePrecision = option, PluginConfig = plugin }).Value!.Plugin;
        await Assert.That(string.Join(' ', config.Properties.Select(static property => $"{property.Key}={property.Value}"))).IsEqualTo(expected);
    }

    [Test]
    public async Task EachOption_IsInTheSettings()
    {
        await Assert.That(Facts(From(s_model).Value!)).IsEqualTo(
            "cache 0, sequences 256, step none, keeps True, splits True, stateful False, tokens none, answers 20");
        ModelOptions given = s_model with
        {
            CacheSize = 3,
            MaxNumSeqs = 7,
            MaxNumBatchedTokens = 100,
            EnablePrefixCaching = TrueFalse.False,
            DynamicSplitFuse = TrueFalse.False,
            PipelineType = "LM",
            MaxTokensLimit = 50,
            BestOfLimit = 4,
        };
        await Assert.That(Facts(From(given).Value!)).IsEqualTo(
            "cache 3221225472, sequences 7, step 100, keeps False, splits False, stateful True, tokens 50, answers 4");
        await Assert.That(From(s_model with { PipelineType = "LM_CB" }).Value!.IsStateful).IsFalse();

        static string Facts(LanguageSettings settings) =>
            $"cache {settings.CacheBytes}, sequences {settings.MaxSequences}, step {Text(settings.MaxBatchedTokens)}, "
            + $"keeps {settings.CachesPrefixes}, splits {settings.SplitsPrompts}, stateful {settings.IsStateful}, "
            + $"tokens {Text(settings.MaxTokensLimit)}, answers {settings.BestOfLimit}";

        static string Text(int? number) => number is { } given ? $"{given}" : "none";
    }

    [Test]
    public async Task OptionsWithoutEffect_AreToldInOneLine()
    {
        await Assert.That(From(s_model).Value!.Warning).IsNull();
        string warning = From(s_model with
        {
            ToolParser = "hermes3",
            ReasoningParser = "qwen3",
            EnableToolGuidedGeneration = TrueFalse.True,
            MaxPromptLen = 7,
        }).Value!.Warning!;
        foreach (string option in new[] { "tool_parser hermes3", "reasoning_parser qwen3", "enable_tool_guided_generation" })
        {
            await Assert.That(warning).Contains(option);
        }

        await Assert.That(warning).DoesNotContain("max_prompt_len");
        await Assert.That(From(s_model with { MaxPromptLen = 7 }).Value!.MaxPromptTokens).IsEqualTo(7);
    }

    // Eight blocks each, as in the original server.
    [Test]
    public async Task CacheIntervalMultiplier_CountsEightBlocks()
    {
        await Assert.That(From(s_model).Value!.StateInterval).IsNull();
        LanguageSettings settings = From(s_model with { CacheIntervalMultiplier = 3 }).Value!;
        await Assert.That((settings.StateInterval, settings.Warning)).IsEqualTo((24, null));
    }

    [Test]
    public async Task OptionsOfInference_AreToldOnALanguageModel()
    {
        string warning = From(s_model with { Nireq = 4, Layout = "NHWC", Shape = "auto", BatchSize = "2", ToolParser = "hermes3" }).Value!.Warning!;
        await Assert.That(warning).IsEqualTo(
            "not used yet: tool_parser hermes3 (tool calls stay in the text); nireq, batch_size, shape, layout: no effect on a language model");
    }

    [Test]
    public async Task OptionsOfLanguageModels_AreToldOnOthers()
    {
        await Assert.That(OptionsOfOtherKind.OnInference(new ModelOptions { Nireq = 4, Task = TaskKind.None })).IsNull();
        await Assert.That(OptionsOfOtherKind.OnInference(new ModelOptions { CacheSize = 2, MaxNumSeqs = 4 }))
            .IsEqualTo("cache_size, max_num_seqs: no effect on a model that is served for inference");
    }

    // A new option of text generation must be added to the table.
    [Test]
    public async Task EveryOptionOfLanguageModels_IsInTheTable()
    {
        foreach (OptionRow row in ModelOptions.Rows.Where(static row => row.Group == "text generation" && row.Name != "task"))
        {
            string value = row.Allowed.FirstOrDefault(value => value != row.Default && value != "AUTO") ?? (row.Json.HasFlag(OptionJson.Number) ? "3" : "x");
            ModelOptions.Builder builder = new();
            await Assert.That(builder.Set(builder.IndexOf(row.Name), value, row.Name)?.Text).IsNull();
            await Assert.That(OptionsOfOtherKind.OnInference(builder.Build())).IsEqualTo($"{row.Name}: no effect on a model that is served for inference");
        }
    }

    private static Outcome<LanguageSettings> From(ModelOptions model) => LanguageSettings.From(ModelConfig.From(model, new ServerOptions()).Value!);
}
