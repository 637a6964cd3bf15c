using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What a model's generation_config.json does to requests that say nothing.</summary>
public sealed class LanguageDefaultsTests
{
    private const string Prompt = """ "prompt":"The licence of this program is","return_token_ids":true""";
    private const string Greedy = "\"temperature\":0,\"ignore_eos\":true";

    // The end token would be chosen always.
    private const string EndAtOnce = "\"logit_bias\":{\"2\":100}";

    private static ConfigFolder? s_folder;

    private static readonly Lazy<Task<OvmsServer>> s_server = new(StartAsync);

    [After(Class)]
    public static async Task StopServer()
    {
        if (s_server.IsValueCreated && s_server.Value.IsCompletedSuccessfully)
        {
            await s_server.Value.Result.DisposeAsync();
        }

        s_folder?.Dispose();
    }

    [Test]
    public async Task Sampling_IsAsTheFileSays()
    {
        LanguageServer plain = new(await s_server.Value, "plain");
        LanguageServer sampled = new(await s_server.Value, "sampled");
        const string Values =
            "\"temperature\":1.3,\"top_p\":0.9,\"top_k\":200,\"min_p\":0.001,\"repetition_penalty\":1.4,\"frequency_penalty\":0.7,\"presence_penalty\":0.6";
        int[] asked = await IdsAsync(plain, $"\"seed\":5,\"max_tokens\":60,\"ignore_eos\":true,{Values}");
        int[] given = await IdsAsync(sampled, "\"seed\":5");
        await Assert.That(given.SequenceEqual(asked)).IsTrue();
        await Assert.That(given.Length).IsEqualTo(60);

        // Each value matters to this answer, and a request's own value wins.
        foreach (string value in (string[])["\"temperature\":0", "\"top_p\":0.1", "\"top_k\":1", "\"min_p\":0.9", "\"repetition_penalty\":1", "\"frequency_penalty\":-2", "\"presence_penalty\":-2"])
        {
            string other = string.Join(',', Values.Split(',').Select(item => item.Split(':')[0] == value.Split(':')[0] ? value : item));
            int[] own = await IdsAsync(sampled, $"\"seed\":5,{value}");
            await Assert.That(own.SequenceEqual(given)).IsFalse().Because(value);
            int[] same = await IdsAsync(plain, $"\"seed\":5,\"max_tokens\":60,\"ignore_eos\":true,{other}");
            await Assert.That(own.SequenceEqual(same)).IsTrue().Because(value);
        }
    }

    [Test]
    public async Task Ends_AreAsTheFileSays()
    {
        LanguageServer plain = new(await s_server.Value, "plain");
        LanguageServer sampled = new(await s_server.Value, "sampled");
        LanguageServer ended = new(await s_server.Value, "ended");

        // ignore_eos and max_new_tokens.
        await Assert.That((await IdsAsync(sampled, $"{EndAtOnce},\"temperature\":0")).SequenceEqual(Enumerable.Repeat(2, 60))).IsTrue();
        await Assert.That((await IdsAsync(sampled, $"{EndAtOnce},\"ignore_eos\":false,\"max_tokens\":5")).Single()).IsEqualTo(2);

        // min_new_tokens.
        await Assert.That((await IdsAsync(ended, EndAtOnce)).Length).IsEqualTo(5);
        await Assert.That((await IdsAsync(ended, $"{EndAtOnce},\"min_tokens\":0")).Single()).IsEqualTo(2);

        // stop_strings and include_stop_str_in_output, of a text that is the same without them.
        string whole = (await plain.AnswerAsync("completions", $"{Prompt},{Greedy},\"max_tokens\":40")).Text("choices.0.text")!;
        int end = whole.IndexOf("inITY", StringComparison.Ordinal) + "inITY".Length;
        JsonElement stopped = await ended.AnswerAsync("completions", $"{Prompt},{Greedy},\"max_tokens\":40");
        await Assert.That(stopped.Text("choices.0.text")).IsEqualTo(whole[..end]);
        await Assert.That(stopped.Text("choices.0.finish_reason")).IsEqualTo("stop");
        LanguageStream stream = await ended.StreamAsync("completions", $"{Prompt},{Greedy},\"max_tokens\":40");
        await Assert.That(stream.Text()).IsEqualTo(whole[..end]);
        JsonElement without = await ended.AnswerAsync("completions", $"{Prompt},{Greedy},\"max_tokens\":40,\"include_stop_str_in_output\":false");
        await Assert.That(without.Text("choices.0.text")).IsEqualTo(whole[..(end - "inITY".Length)]);
        JsonElement own = await ended.AnswerAsync("completions", $"{Prompt},{Greedy},\"max_tokens\":40,\"stop\":[]");
        await Assert.That(own.Text("choices.0.text")).IsEqualTo(whole);
    }

    [Test]
    public async Task StopTextBeforeTheLeastTokens_IsText()
    {
        LanguageServer plain = new(await s_server.Value, "plain");
        string whole = (await plain.AnswerAsync("completions", $"{Prompt},{Greedy},\"max_tokens\":12")).Text("choices.0.text")!;
        const string Early = "\"stop\":[\"Y\"],\"max_tokens\":12";
        JsonElement early = await plain.AnswerAsync("completions", $"{Prompt},{Greedy},{Early}");
        await Assert.That(early.Text("choices.0.text")).IsEqualTo(whole[..whole.IndexOf('Y', StringComparison.Ordinal)]);
        JsonElement late = await plain.AnswerAsync("completions", $"{Prompt},{Greedy},{Early},\"min_tokens\":12");
        await Assert.That(late.Text("choices.0.text")).IsEqualTo(whole);
        await Assert.That((await plain.StreamAsync("completions", $"{Prompt},{Greedy},{Early},\"min_tokens\":12")).Text()).IsEqualTo(whole);
    }

    [Test]
    public async Task ValuesWithoutEffect_AreToldAtLoad()
    {
        string log = (await s_server.Value).Process.Output;
        await Assert.That(log).Contains("num_return_sequences is 2; a request without n gets one answer");
        await Assert.That(log).Contains("stop_strings: stop array must have no more than 16 strings. None of them is used.");
        LanguageServer ended = new(await s_server.Value, "ended");
        JsonElement answer = await ended.AnswerAsync("completions", $"{Prompt},{Greedy},\"max_tokens\":1");
        await Assert.That(answer.At("choices").GetArrayLength()).IsEqualTo(1);
    }

    private static async Task<int[]> IdsAsync(LanguageServer server, string fields) =>
        (await server.AnswerAsync("completions", $"{Prompt},{fields}")).Ids("choices.0.token_ids");

    private static async Task<OvmsServer> StartAsync()
    {
        s_folder = new ConfigFolder(
            $$$"""
            {"model_config_list": [
                {"config": {"name": "plain", "base_path": {{{JsonSerializer.Serialize(LanguageServer.SmallFolder)}}}, "plugin_config": {{{LanguageServer.Exact}}}}},
                {"config": {"name": "sampled", "base_path": "sampled", "plugin_config": {{{LanguageServer.Exact}}}}},
                {"config": {"name": "ended", "base_path": "ended", "plugin_config": {{{LanguageServer.Exact}}}}}
            ]}
            """);
        s_folder.CopyFiles(LanguageServer.SmallFolder, "sampled");
        s_folder.CopyFiles(LanguageServer.SmallFolder, "ended");
        s_folder.Write(
            "sampled/generation_config.json",
            $$"""
            {"eos_token_id":2,"temperature":1.3,"top_p":0.9,"top_k":200,"min_p":0.001,"repetition_penalty":1.4,"frequency_penalty":0.7,
             "presence_penalty":0.6,"max_new_tokens":60,"ignore_eos":true,"stop_strings":[{{string.Join(',', Enumerable.Range(0, 17).Select(static i => $"\"never {i}\""))}}]}
            """);
        s_folder.Write(
            "ended/generation_config.json",
            """
            {"eos_token_id":2,"min_new_tokens":4,"max_new_tokens":50,"stop_strings":["never","inITY"],"include_stop_str_in_output":true,"num_return_sequences":2}
            """);
        return await s_folder.StartAsync("Ready after");
    }
}
