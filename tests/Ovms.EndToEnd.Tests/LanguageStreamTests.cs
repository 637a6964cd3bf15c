using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Streams of a language model, read by .NET's parser of server-sent events.</summary>
public sealed class LanguageStreamTests
{
    private const string Chat = """ "messages":[{"role":"user","content":"Tell me of the licence."}],"max_tokens":24,"ignore_eos":true""";
    private const string Completion = """ "prompt":"The licence of this program is","max_tokens":24,"ignore_eos":true""";

    private static readonly Lazy<Task<LanguageServer>> s_server = LanguageServer.Shared(static () => LanguageServer.SmallFolder);

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    public async Task Events_ComeInOrder()
    {
        LanguageServer server = await s_server.Value;
        LanguageStream stream = await server.StreamAsync("chat/completions", $"{Chat},\"temperature\":0,\"stream_options\":{{\"include_usage\":true}}");

        await Assert.That(stream.Head.Content.Headers.ContentType!.MediaType).IsEqualTo("text/event-stream");
        await Assert.That(stream.Head.Headers.CacheControl!.NoCache).IsTrue();
        await Assert.That(stream.Head.Headers.GetValues("X-Accel-Buffering").Single()).IsEqualTo("no");
        await Assert.That(stream.Head.Headers.Connection.Single()).IsEqualTo("keep-alive");
        await Assert.That(stream.Head.Headers.GetValues("Access-Control-Allow-Origin").Single()).IsEqualTo("*");
        await Assert.That(stream.IsDone).IsTrue();

        string id = stream.Chunks[0].Text("id")!;
        await Assert.That(id).StartsWith("chatcmpl-");
        long created = stream.Chunks[0].At("created").GetInt64();
        foreach (JsonElement chunk in stream.Chunks)
        {
            await Assert.That(chunk.Text("id")).IsEqualTo(id);
            await Assert.That(chunk.Text("object")).IsEqualTo("chat.completion.chunk");
            await Assert.That(chunk.Text("model")).IsEqualTo(LanguageServer.Small);
            await Assert.That(chunk.At("created").GetInt64()).IsEqualTo(created);
        }

        JsonElement first = stream.Chunks[0].At("choices.0");
        await Assert.That(first.At("delta").GetRawText()).IsEqualTo("""{"role":"assistant","content":null}""");
        JsonElement[] parts = [.. stream.Of(0)];
        await Assert.That(parts[1..].Any(static part => part.At("delta.role").ValueKind != JsonValueKind.Undefined)).IsFalse();
        await Assert.That(parts[..^1].All(static part => part.At("finish_reason").ValueKind == JsonValueKind.Null)).IsTrue();
        await Assert.That(parts[^1].Text("finish_reason")).IsEqualTo("length");

        await Assert.That(stream.Chunks.SkipLast(1).All(static chunk => chunk.At("usage").ValueKind == JsonValueKind.Null)).IsTrue();
        JsonElement last = stream.Chunks[^1];
        await Assert.That(last.At("choices").GetArrayLength()).IsEqualTo(0);
        await Assert.That(last.At("usage.completion_tokens").GetInt32()).IsEqualTo(24);
        await Assert.That(last.At("usage.total_tokens").GetInt32()).IsEqualTo(last.At("usage.prompt_tokens").GetInt32() + 24);
    }

    [Test]
    public async Task UsageOfEachChunk_CountsUp()
    {
        LanguageServer server = await s_server.Value;
        LanguageStream stream = await server.StreamAsync(
            "completions", $"{Completion},\"stream_options\":{{\"include_usage\":true,\"continuous_usage_stats\":true,\"other\":1}}");

        int[] counts = [.. stream.Chunks.Select(static chunk => chunk.At("usage.completion_tokens").GetInt32())];
        await Assert.That(counts[0]).IsLessThan(24);
        await Assert.That(counts.Zip(counts.Skip(1)).All(static pair => pair.First <= pair.Second)).IsTrue();
        await Assert.That(counts[^1]).IsEqualTo(24);
        await Assert.That(stream.Chunks[0].Text("id")).StartsWith("cmpl-");
        await Assert.That(stream.Chunks[0].Text("object")).IsEqualTo("text_completion.chunk");
    }

    [Test]
    public async Task Usage_IsAbsentUnlessWanted()
    {
        LanguageServer server = await s_server.Value;
        LanguageStream stream = await server.StreamAsync("completions", Completion);
        await Assert.That(stream.Chunks.Any(static chunk => chunk.At("usage").ValueKind != JsonValueKind.Undefined)).IsFalse();
        await Assert.That(stream.IsDone).IsTrue();
    }

    [Test]
    [Arguments("chat/completions", Chat, "message.content")]
    [Arguments("completions", Completion, "text")]
    public async Task Parts_JoinToTheWholeAnswer(string path, string fields, string text)
    {
        LanguageServer server = await s_server.Value;
        JsonElement whole = await server.AnswerAsync(path, $"{fields},\"temperature\":0,\"return_token_ids\":true");
        LanguageStream stream = await server.StreamAsync(path, $"{fields},\"temperature\":0,\"return_token_ids\":true");

        await Assert.That(stream.Text()).IsEqualTo(whole.Text($"choices.0.{text}"));
        await Assert.That(stream.Finish()).IsEqualTo(whole.Text("choices.0.finish_reason"));
        await Assert.That(stream.Of(0).SelectMany(static part => part.Ids("token_ids")).SequenceEqual(whole.Ids("choices.0.token_ids"))).IsTrue();
        await Assert.That(stream.Chunks[0].Ids("prompt_token_ids").SequenceEqual(whole.Ids("prompt_token_ids"))).IsTrue();
        await Assert.That(stream.Of(0).Count()).IsGreaterThan(1);
    }

    [Test]
    public async Task LogProbsOfChat_AreThoseOfTheWholeAnswer()
    {
        LanguageServer server = await s_server.Value;
        const string Fields = $"{Chat},\"temperature\":0,\"logprobs\":true,\"top_logprobs\":2";
        JsonElement whole = await server.AnswerAsync("chat/completions", Fields);
        LanguageStream stream = await server.StreamAsync("chat/completions", Fields);

        JsonElement[] streamed = ListOf(stream, "content");
        JsonElement[] tokens = [.. whole.At("choices.0.logprobs.content").EnumerateArray()];
        await Assert.That(tokens.Length).IsEqualTo(24);
        await Assert.That(streamed.Length).IsEqualTo(24);
        foreach ((JsonElement token, JsonElement part) in tokens.Zip(streamed))
        {
            // Token, score and bytes, and the same of each alternative.
            await Assert.That(part.IsClose(token)).IsTrue().Because($"{part} for {token}");
            await Assert.That(token.At("bytes").GetArrayLength()).IsGreaterThan(0);
            await Assert.That(token.At("top_logprobs").GetArrayLength()).IsEqualTo(2);

            // Greedy: the chosen token is the best one.
            await Assert.That(token.At("top_logprobs.0.logprob").GetSingle()).IsEqualTo(token.At("logprob").GetSingle());
            await Assert.That(token.At("top_logprobs.1.logprob").GetSingle()).IsLessThanOrEqualTo(token.At("logprob").GetSingle());
        }
    }

    [Test]
    public async Task LogProbsOfCompletions_AreThoseOfTheWholeAnswer()
    {
        LanguageServer server = await s_server.Value;
        const string Fields = $"{Completion},\"temperature\":0,\"logprobs\":3";
        JsonElement whole = await server.AnswerAsync("completions", Fields);
        LanguageStream stream = await server.StreamAsync("completions", Fields);

        foreach (string list in (string[])["tokens", "token_logprobs", "top_logprobs", "text_offset"])
        {
            JsonElement[] streamed = ListOf(stream, list);
            JsonElement[] expected = [.. whole.At($"choices.0.logprobs.{list}").EnumerateArray()];
            await Assert.That(streamed.Length).IsEqualTo(24);
            await Assert.That(streamed.Zip(expected).All(static pair => pair.First.IsClose(pair.Second))).IsTrue().Because(list);
        }

        await Assert.That(whole.At("choices.0.logprobs.top_logprobs").EnumerateArray().All(static best => best.EnumerateObject().Count() == 3)).IsTrue();
    }

    private static JsonElement[] ListOf(LanguageStream stream, string list) =>
        [.. stream.Of(0).SelectMany(part => part.At($"logprobs.{list}") is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray().ToArray() : [])];

    [Test]
    public async Task SeveralAnswers_AreStreamedSideBySide()
    {
        LanguageServer server = await s_server.Value;
        const string Fields = $"{Chat},\"n\":2,\"seed\":7,\"temperature\":1.5,\"top_k\":-1";
        JsonElement whole = await server.AnswerAsync("chat/completions", Fields);
        LanguageStream stream = await server.StreamAsync("chat/completions", Fields);

        await Assert.That(whole.At("choices").GetArrayLength()).IsEqualTo(2);
        await Assert.That(stream.Text(0)).IsEqualTo(whole.Text("choices.0.message.content"));
        await Assert.That(stream.Text(1)).IsEqualTo(whole.Text("choices.1.message.content"));
        await Assert.That(stream.Text(0)).IsNotEqualTo(stream.Text(1));
        await Assert.That(whole.At("usage.completion_tokens").GetInt32()).IsEqualTo(48);
    }

    [Test]
    public async Task SeveralPrompts_AreAnsweredAsEachAlone()
    {
        LanguageServer server = await s_server.Value;
        const string Rest = "\"max_tokens\":12,\"ignore_eos\":true,\"temperature\":0";
        string[] prompts = ["\"The licence\"", "[1451,315,325]", "\" of this program\""];
        JsonElement all = await server.AnswerAsync("completions", $"\"prompt\":[\"The licence\",\" of this program\"],{Rest}");
        LanguageStream stream = await server.StreamAsync("completions", $"\"prompt\":[\"The licence\",\" of this program\"],{Rest}");
        for (int i = 0; i < 2; i++)
        {
            JsonElement alone = await server.AnswerAsync("completions", $"\"prompt\":{prompts[i * 2]},{Rest}");
            await Assert.That(all.At($"choices.{i}.index").GetInt32()).IsEqualTo(i);
            await Assert.That(all.Text($"choices.{i}.text")).IsEqualTo(alone.Text("choices.0.text"));
            await Assert.That(stream.Text(i)).IsEqualTo(alone.Text("choices.0.text"));
        }

        JsonElement ids = await server.AnswerAsync("completions", $"\"prompt\":{prompts[1]},{Rest}");
        JsonElement nested = await server.AnswerAsync("completions", $"\"prompt\":[{prompts[1]}],{Rest}");
        await Assert.That(nested.Text("choices.0.text")).IsEqualTo(ids.Text("choices.0.text"));
        await Assert.That(ids.At("usage.prompt_tokens").GetInt32()).IsEqualTo(3);
    }
}
