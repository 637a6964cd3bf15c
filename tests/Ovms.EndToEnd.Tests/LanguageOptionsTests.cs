using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Options of language models as they show in answers, steps and the line of the load: one server, and one option for each model.
/// </summary>
public sealed partial class LanguageOptionsTests
{
    private const int Tokens = 200;
    private static readonly string s_prompt = $"\"prompt\":[{string.Join(',', Enumerable.Range(300, Tokens))}]";

    private static readonly Lazy<Task<OvmsServer>> s_server = new(static async () =>
    {
        string folder = JsonSerializer.Serialize(LanguageServer.SmallFolder);
        s_config = new ConfigFolder(
            $$"""
            {"model_config_list": [
                {{Exact("usual", "")}},
                {{Exact("uncached", ", \"enable_prefix_caching\": false")}},
                {{Exact("pieces", ", \"max_num_batched_tokens\": 64")}},
                {{Exact("whole", ", \"dynamic_split_fuse\": false")}},
                {"config": {"name": "sized", "base_path": {{folder}}, "cache_size": 1, "kv_cache_precision": "u8", "best_of_limit": 3} },
                {"config": {"name": "f32", "base_path": {{folder}}, "cache_size": 1, "kv_cache_precision": "f32"} },
                {"config": {"name": "bare", "base_path": "bare"} }
            ],
            "mediapipe_config_list": [{"name": "graph", "base_path": "graph"}]}
            """);
        s_config.Write(
            "graph/graph.pbtxt",
            $$"""
            node { calculator: "HttpLLMCalculator"
                node_options: { [type.googleapis.com / mediapipe.LLMCalculatorOptions]: { models_path: {{folder}} } } }
            """);
        s_config.Copy("tiny_lm", "bare");
        s_config.Copy("tokenizers/spm_bpe", "bare");
        s_config.Write("bare/config.json", """{"model_type":"llama","max_position_embeddings":256}""");
        return await s_config.StartAsync("Ready after", "--metrics_enable");

        string Exact(string name, string more) =>
            $"{{\"config\": {{\"name\": \"{name}\", \"base_path\": {folder}, \"plugin_config\": {LanguageServer.Exact}{more}}}}}";
    });

    private static ConfigFolder? s_config;

    [After(Class)]
    public static async Task StopServer()
    {
        if (s_server.IsValueCreated && s_server.Value.IsCompletedSuccessfully)
        {
            await s_server.Value.Result.DisposeAsync();
        }

        s_config?.Dispose();
    }

    [Test]
    [Arguments("usual", true)]
    [Arguments("uncached", false)]
    [Arguments("graph", false)]
    public async Task EnablePrefixCaching_KeepsPrompts(string model, bool isKept)
    {
        LanguageServer server = new(await s_server.Value, model);
        await server.AnswerAsync("completions", $"{s_prompt},\"max_tokens\":1");
        JsonElement again = await server.AnswerAsync("completions", $"{s_prompt},\"max_tokens\":1");
        await Assert.That(again.At("usage.prompt_tokens").GetInt32()).IsEqualTo(Tokens);
        await Assert.That(again.At("usage.prompt_tokens_details.cached_tokens").GetInt32() > 0).IsEqualTo(isKept);
        await Assert.That(await server.MetricAsync("kv_blocks", "cached") > 0).IsEqualTo(isKept);
    }

    [Test]
    public async Task MaxNumBatchedTokens_CutsPrompts()
    {
        LanguageServer server = new(await s_server.Value, "pieces");
        await server.AnswerAsync("completions", $"{s_prompt},\"max_tokens\":1");
        Exposition read = await Scrape.NowAsync(server.Server);
        await Assert.That(read[Steps("pieces", "prompt")]).IsGreaterThanOrEqualTo((Tokens + 63) / 64);
    }

    [Test]
    public async Task DynamicSplitFuseOff_ComputesPromptsWholeAndAlone()
    {
        LanguageServer server = new(await s_server.Value, "whole");
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage> answer = server.SendAsync(
            "completions", "\"prompt\":\"The\",\"max_tokens\":2000,\"ignore_eos\":true,\"n\":5,\"temperature\":1", leave.Token);
        await server.UntilAsync("batch_sequences", "", static count => count == 5);
        double prompts = (await Scrape.NowAsync(server.Server))[Steps("whole", "prompt")];
        await server.AnswerAsync("completions", $"{s_prompt},\"max_tokens\":3,\"ignore_eos\":true");
        Exposition read = await Scrape.NowAsync(server.Server);
        await Assert.That(answer.IsCompleted).IsFalse();
        await Assert.That(read[Steps("whole", "prompt")]).IsEqualTo(prompts + 1);
        await Assert.That(read[Steps("whole", "mixed")]).IsEqualTo(0);
        await leave.CancelAsync();
        await Assert.That(async () => await answer).Throws<OperationCanceledException>();
    }

    [Test]
    public async Task BestOfLimit_IsTheLimitOfAnswers()
    {
        LanguageServer server = new(await s_server.Value, "sized");
        JsonElement answer = await server.AnswerAsync("completions", "\"prompt\":\"The\",\"n\":3,\"max_tokens\":1,\"temperature\":1");
        await Assert.That(answer.At("choices").GetArrayLength()).IsEqualTo(3);
        (int status, string error) = await server.RefusalAsync("completions", "\"prompt\":\"The\",\"n\":4,\"max_tokens\":1");
        await Assert.That(error).Contains("best_of_limit").And.Contains("3");
        await Assert.That(status).IsEqualTo(400);
    }

    [Test]
    public async Task LineOfTheLoad_TellsCacheLaneLengthAndTemplate()
    {
        OvmsServer server = await s_server.Value;
        Match usual = LineOf("usual");
        await Assert.That(usual.Groups["precision"].Value).IsEqualTo("F32");
        await Assert.That(usual.Groups["longest"].Value).IsEqualTo("2048");
        await Assert.That(usual.Groups["template"].Value).IsEqualTo(Path.Combine(LanguageServer.SmallFolder, "openvino_tokenizer.xml"));

        // One gibibyte, less what is no whole block; at a quarter of the bytes and some for scales.
        Match sized = LineOf("sized");
        await Assert.That(sized.Groups["precision"].Value).IsEqualTo("U8");
        await Assert.That(Number(sized, "reserved")).IsBetween(1.06, 1.08);
        await Assert.That(Number(sized, "kilobytes")).IsLessThan(Number(usual, "kilobytes"));

        // With no other option, also on CPUs that compute in bf16 otherwise.
        Match f32 = LineOf("f32");
        await Assert.That(f32.Groups["precision"].Value).IsEqualTo("F32");

        Match bare = LineOf("bare");
        await Assert.That(bare.Groups["longest"].Value).IsEqualTo("256");
        await Assert.That(bare.Groups["template"].Value).IsEqualTo("none, so chat answers 400");

        foreach (Match line in (Match[])[usual, sized, f32, bare])
        {
            await Assert.That(line.Groups["lane"].Value).IsEqualTo("paged attention");
            await Assert.That(Number(line, "blocks") * Number(line, "block")).IsEqualTo(Number(line, "tokens"));

            // Kilobytes are told with one digit.
            double perToken = Number(line, "reserved") * 1e6 / Number(line, "tokens");
            await Assert.That(Math.Abs(perToken - Number(line, "kilobytes"))).IsLessThan(0.06 + (0.005 * 1e6 / Number(line, "tokens")));
        }

        Match LineOf(string model) => LinePattern().Matches(server.Process.Output).Single(line => line.Groups["model"].Value == model);
    }

    private static double Number(Match line, string name) => double.Parse(line.Groups[name].Value, CultureInfo.InvariantCulture);

    private static string Steps(string model, string kind) =>
        $"ovms_generation_step_seconds_count{{kind=\"{kind}\",name=\"{model}\",version=\"1\"}}";

    [GeneratedRegex(
        @"Loaded language model (?<model>\w+); version: 1; device: CPU; lane: (?<lane>[^;]+); "
        + @"KV cache: (?<precision>\w+), (?<kilobytes>[\d.]+) kB a token, (?<blocks>\d+) blocks of (?<block>\d+) = (?<tokens>\d+) tokens, "
        + @"(?<reserved>[\d.]+) GB reserved; longest: (?<longest>\d+) tokens; template: (?<template>.+); in [\d.]+ s")]
    private static partial Regex LinePattern();
}
