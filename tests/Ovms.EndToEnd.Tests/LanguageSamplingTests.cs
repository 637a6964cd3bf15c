using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What fields of a request do to an answer.</summary>
public sealed class LanguageSamplingTests
{
    private const int EndId = 2;
    private const string Greedy = """ "prompt":"The licence of this program is","max_tokens":32,"ignore_eos":true,"temperature":0""";

    private static readonly Lazy<Task<LanguageServer>> s_server = LanguageServer.Shared(static () => LanguageServer.SmallFolder);

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    public async Task GreedyAnswers_AreTheRecordedOnes()
    {
        LanguageServer server = await s_server.Value;
        string path = Repo.SharedOrSkip("expected", "generative", "families", "llama.json");
        foreach (JsonElement record in JsonPath.Parse(await File.ReadAllTextAsync(path)).At("records").EnumerateArray())
        {
            const string Fields = "\"max_tokens\":32,\"ignore_eos\":true,\"temperature\":0,\"return_token_ids\":true";
            JsonElement answer = record.At("messages").ValueKind == JsonValueKind.Array
                ? await server.AnswerAsync("chat/completions", $"\"messages\":{record.At("messages").GetRawText()},{Fields}")
                : await server.AnswerAsync("completions", $"\"prompt\":{record.At("prompt").GetRawText()},{Fields}");
            string because = record.Text("name")!;
            await Assert.That(answer.Ids("prompt_token_ids").SequenceEqual(record.Ids("prompt_ids"))).IsTrue().Because(because);
            await Assert.That(answer.Ids("choices.0.token_ids").SequenceEqual(record.Ids("token_ids"))).IsTrue().Because(because);
        }
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task StopText_EndsTheAnswer(bool isIncluded)
    {
        LanguageServer server = await s_server.Value;
        string all = (await server.AnswerAsync("completions", Greedy)).Text("choices.0.text")!;

        // Longer than any token of the model; broken characters cannot be asked for.
        const int Length = 12;
        int at = Enumerable.Range(4, all.Length - 4 - Length).First(start => !all.AsSpan(start, Length).Contains('\uFFFD'));
        string stop = all.Substring(at, Length);
        string expected = all[..(all.IndexOf(stop, StringComparison.Ordinal) + (isIncluded ? Length : 0))];
        string fields = $"{Greedy},\"stop\":[\"never said\",{JsonSerializer.Serialize(stop)}],\"include_stop_str_in_output\":{(isIncluded ? "true" : "false")}";

        JsonElement whole = await server.AnswerAsync("completions", fields);
        LanguageStream stream = await server.StreamAsync("completions", fields);
        await Assert.That(whole.Text("choices.0.text")).IsEqualTo(expected);
        await Assert.That(whole.Text("choices.0.finish_reason")).IsEqualTo("stop");
        await Assert.That(stream.Text()).IsEqualTo(expected);
        await Assert.That(stream.Finish()).IsEqualTo("stop");
    }

    [Test]
    public async Task Seed_MakesAnswersReproducible()
    {
        LanguageServer server = await s_server.Value;
        const string Sampled = """ "prompt":"The","max_tokens":24,"ignore_eos":true,"temperature":1.8,"top_k":-1""";
        string?[] texts = await Task.WhenAll(((string[])["1", "1", "2"]).Select(
            async seed => (await server.AnswerAsync("completions", $"{Sampled},\"seed\":{seed}")).Text("choices.0.text")));
        await Assert.That(texts[1]).IsEqualTo(texts[0]);
        await Assert.That(texts[2]).IsNotEqualTo(texts[0]);
    }

    [Test]
    public async Task LogitBias_ForcesAToken()
    {
        LanguageServer server = await s_server.Value;
        JsonElement answer = await server.AnswerAsync("completions", $"{Greedy},\"logit_bias\":{{\"520\":100}},\"return_token_ids\":true");
        await Assert.That(answer.Ids("choices.0.token_ids").Distinct().Single()).IsEqualTo(520);
    }

    [Test]
    public async Task EndToken_EndsTheAnswer_UnlessItIsIgnoredOrTooEarly()
    {
        LanguageServer server = await s_server.Value;
        string fields = $"\"prompt\":\"The\",\"max_tokens\":9,\"temperature\":0,\"return_token_ids\":true,\"logit_bias\":{{\"{EndId}\":100}}";

        JsonElement ended = await server.AnswerAsync("completions", fields);
        await Assert.That(ended.Text("choices.0.finish_reason")).IsEqualTo("stop");
        await Assert.That(ended.Text("choices.0.text")).IsEqualTo("");
        await Assert.That(ended.At("usage.completion_tokens").GetInt32()).IsEqualTo(1);

        JsonElement ignored = await server.AnswerAsync("completions", $"{fields},\"ignore_eos\":true");
        await Assert.That(ignored.Text("choices.0.finish_reason")).IsEqualTo("length");
        await Assert.That(ignored.Ids("choices.0.token_ids").SequenceEqual(Enumerable.Repeat(EndId, 9))).IsTrue();

        JsonElement later = await server.AnswerAsync("completions", $"{fields},\"min_tokens\":4");
        await Assert.That(later.Text("choices.0.finish_reason")).IsEqualTo("stop");
        int[] ids = later.Ids("choices.0.token_ids");
        await Assert.That(ids.Length).IsEqualTo(5);
        await Assert.That(ids[..4]).DoesNotContain(EndId);
    }

    [Test]
    [Arguments("true", "")]
    [Arguments("false", "<|im_end|><|im_end|>")]
    public async Task SpecialTokens_AreShownIfWanted(string skips, string expected)
    {
        LanguageServer server = await s_server.Value;
        JsonElement answer = await server.AnswerAsync(
            "completions",
            $"\"prompt\":\"The\",\"max_tokens\":2,\"temperature\":0,\"ignore_eos\":true,\"logit_bias\":{{\"{EndId}\":100}},\"skip_special_tokens\":{skips}");
        await Assert.That(answer.Text("choices.0.text")).IsEqualTo(expected);
    }

    [Test]
    public async Task ScoresOfATextAre_ThoseOfGeneratingIt()
    {
        LanguageServer server = await s_server.Value;
        JsonElement made = await server.AnswerAsync("completions", $"{Greedy},\"return_token_ids\":true,\"logprobs\":1");
        int[] prompt = made.Ids("prompt_token_ids");
        int[] answer = made.Ids("choices.0.token_ids");
        JsonElement scored = await server.AnswerAsync(
            "completions",
            $"\"prompt\":[{string.Join(',', prompt.Concat(answer))}],\"echo\":true,\"max_tokens\":0,\"logprobs\":1,\"return_token_ids\":true");

        JsonElement logProbs = scored.At("choices.0.logprobs");
        await Assert.That(logProbs.At("token_logprobs.0").ValueKind).IsEqualTo(JsonValueKind.Null);
        await Assert.That(logProbs.At("top_logprobs.0").ValueKind).IsEqualTo(JsonValueKind.Null);
        await Assert.That(logProbs.At("tokens").GetArrayLength()).IsEqualTo(prompt.Length + answer.Length);
        float[] expected = made.Floats("choices.0.logprobs.token_logprobs");
        float[] actual = logProbs.Floats("token_logprobs")[prompt.Length..];
        await Assert.That(actual.Zip(expected).Max(static pair => Math.Abs(pair.First - pair.Second))).IsLessThan(1e-3f);
        await Assert.That(scored.At("usage.completion_tokens").GetInt32()).IsEqualTo(0);
        await Assert.That(scored.Text("choices.0.text")).Contains(made.Text("choices.0.text")!.TrimEnd('\uFFFD'));
    }

    [Test]
    public async Task Echo_RepeatsThePrompt()
    {
        LanguageServer server = await s_server.Value;
        string plain = (await server.AnswerAsync("completions", Greedy)).Text("choices.0.text")!;
        JsonElement echoed = await server.AnswerAsync("completions", $"{Greedy},\"echo\":true");
        await Assert.That(echoed.Text("choices.0.text")).IsEqualTo("The licence of this program is" + plain);
        LanguageStream stream = await server.StreamAsync("completions", $"{Greedy},\"echo\":true");
        await Assert.That(stream.Text()).IsEqualTo("The licence of this program is" + plain);
    }

    [Test]
    public async Task PromptThatDiffersInTheMiddle_TakesOverTheBeginningAlone()
    {
        LanguageServer server = await s_server.Value;
        int[] first = [.. Enumerable.Range(500, 200)];
        int[] other = [.. first[..100], 1400, .. first[101..]];
        await server.AnswerAsync("completions", Fields(first));
        JsonElement answer = await server.AnswerAsync("completions", Fields(other));
        await Assert.That(answer.At("usage.prompt_tokens_details.cached_tokens").GetInt32()).IsEqualTo(96);

        // Scores are computed without the cache: each token is the best one of its place.
        int[] ids = answer.Ids("choices.0.token_ids");
        JsonElement scored = await server.AnswerAsync(
            "completions", $"\"prompt\":[{string.Join(',', other.Concat(ids))}],\"echo\":true,\"max_tokens\":0,\"logprobs\":1");
        float[] given = answer.Floats("choices.0.logprobs.token_logprobs");
        float[] exact = scored.Floats("choices.0.logprobs.token_logprobs")[other.Length..];
        await Assert.That(given.Length).IsEqualTo(8);
        await Assert.That(given.Zip(exact).Max(static pair => Math.Abs(pair.First - pair.Second))).IsLessThan(1e-3f);

        static string Fields(int[] prompt) =>
            $"\"prompt\":[{string.Join(',', prompt)}],\"max_tokens\":8,\"ignore_eos\":true,\"temperature\":0,\"logprobs\":1,\"return_token_ids\":true";
    }

    [Test]
    public async Task PromptOfACall_IsFoundInTheCacheTheNextTime()
    {
        LanguageServer server = await s_server.Value;
        string fields = $"\"prompt\":[{string.Join(',', Enumerable.Range(300, 200))}],\"max_tokens\":1";
        await server.AnswerAsync("completions", fields);
        JsonElement again = await server.AnswerAsync("completions", fields);
        await Assert.That(again.At("usage.prompt_tokens_details.cached_tokens").GetInt32()).IsGreaterThanOrEqualTo(160);
    }
}
