using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Models that have states beside the KV cache: a prompt goes on from where they were kept, and its answer is that of a server that computes
/// it from its beginning.
/// </summary>
public sealed class LanguageStatesTests
{
    private const string Fields = "\"max_tokens\":32,\"ignore_eos\":true,\"temperature\":0,\"return_token_ids\":true";

    [Test]
    [Arguments("granitemoehybrid", 96)]
    [Arguments("lfm2", 32)]
    [Arguments("qwen3_next", 64)]
    public async Task RepeatedPrompts_AreReusedUpToTheirLastBorder(string family, int apart)
    {
        string folder = Repo.SharedOrSkip("models", "families", family);
        string answers = Repo.SharedOrSkip("expected", "generative", "families");
        JsonElement[] records =
            [.. JsonPath.Parse(await File.ReadAllTextAsync(Path.Combine(answers, $"{family}.json"))).At("records").EnumerateArray()];
        await using LanguageServer server = await LanguageServer.StartAsync(folder);
        await Assert.That(server.Server.Process.Output)
            .Contains($"kB for other states, kept every {apart} tokens and at the last border of a prompt, where prefixes are reused");
        double reused = 0;
        foreach (JsonElement record in records)
        {
            await CheckAsync(server, record, 1, 0);
            int border = (record.Ids("prompt_ids").Length - 1) / 32 * 32;
            await CheckAsync(server, record, 1, border);
            await CheckAsync(server, record, 2, border);
            reused += 2 * border;
        }

        await Assert.That(reused).IsGreaterThan(500);
        await Assert.That(await server.MetricAsync("cached_tokens_total")).IsEqualTo(reused);
        await Task.WhenAll(records.Concat(records).Select((record, i) => CheckAsync(server, record, 1 + (i % 2), null)));
    }

    [Test]
    [Arguments("granitemoehybrid")]
    [Arguments("lfm2")]
    [Arguments("qwen3_next")]
    public async Task Chat_ThatGrowsGoesOnFromItsLastTurn(string family)
    {
        string folder = Repo.SharedOrSkip("models", "families", family);
        await using LanguageServer cold = await LanguageServer.StartAsync(folder, "--enable_prefix_caching", "false");
        await using LanguageServer warm = await LanguageServer.StartAsync(folder, "--cache_interval_multiplier", "1");
        await Assert.That(cold.Server.Process.Output).Contains("kB for other states;");
        await Assert.That(warm.Server.Process.Output).Contains("kB for other states, kept every 256 tokens");
        await Assert.That(warm.Server.Process.Output).DoesNotContain("cache_interval_multiplier: no effect");
        List<object> messages = [];
        int earlier = 0;
        for (int turn = 0; turn < 4; turn++)
        {
            messages.Add(new { role = "user", content = $"Tell me of the sea, part {turn}, and of the ships that sail on it." });
            string fields = $"\"messages\":{JsonSerializer.Serialize(messages)},{Fields}";
            JsonElement expected = await cold.AnswerAsync("chat/completions", fields);
            JsonElement answer = await warm.AnswerAsync("chat/completions", fields);
            await Assert.That(answer.Ids("choices.0.token_ids").SequenceEqual(expected.Ids("choices.0.token_ids"))).IsTrue().Because($"turn {turn}");
            await Assert.That(CachedOf(expected)).IsEqualTo(0);

            // At least what the turn before it had as its prompt.
            await Assert.That(CachedOf(answer)).IsGreaterThanOrEqualTo(earlier);
            earlier = (answer.Ids("prompt_token_ids").Length - 1) / 32 * 32;
            messages.Add(new { role = "assistant", content = answer.Text("choices.0.message.content") });
        }

        await Assert.That(earlier).IsGreaterThan(0);
    }

    [Test]
    public async Task ModelWithoutOtherStates_SaysThatTheIntervalHasNoEffect()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.SmallFolder, "--cache_interval_multiplier", "2");
        await Assert.That(server.Server.Process.Output).Contains("cache_interval_multiplier: no effect");
    }

    private static async Task CheckAsync(LanguageServer server, JsonElement record, int answers, int? cached)
    {
        bool isChat = record.At("messages").ValueKind == JsonValueKind.Array;
        string prompt = isChat ? $"\"messages\":{record.At("messages").GetRawText()}" : $"\"prompt\":{record.At("prompt").GetRawText()}";
        JsonElement whole = await server.AnswerAsync(isChat ? "chat/completions" : "completions", $"{prompt},\"n\":{answers},{Fields}");
        string because = $"{record.Text("name")}, {answers} answers, cached {CachedOf(whole)}";
        for (int i = 0; i < answers; i++)
        {
            await Assert.That(whole.Ids($"choices.{i}.token_ids").SequenceEqual(record.Ids("token_ids"))).IsTrue().Because(because);
        }

        await Assert.That(CachedOf(whole)).IsEqualTo(cached ?? CachedOf(whole)).Because(because);
    }

    private static int CachedOf(JsonElement answer) => answer.At("usage.prompt_tokens_details.cached_tokens").GetInt32();
}
