using System.Text;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Token ids in answers, and where tokens begin in texts.</summary>
public sealed class LanguageTokenIdsTests
{
    private const string Rest = "\"max_tokens\":16,\"ignore_eos\":true,\"temperature\":0,\"return_token_ids\":true";
    private const string Prompt = "\"prompt\":\"Größe 12 µm — «да», 日本語 naïve 🚀 café\"";

    private static readonly Lazy<Task<LanguageServer>> s_server = LanguageServer.Shared(static () => LanguageServer.SmallFolder);

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    [Arguments("\"echo\":true")]
    [Arguments("\"echo\":true,\"logprobs\":1")]
    [Arguments("\"logprobs\":0")]
    public async Task TokenIds_AreTheGeneratedOnes(string fields)
    {
        LanguageServer server = await s_server.Value;
        JsonElement plain = await server.AnswerAsync("completions", $"{Prompt},{Rest}");
        int[] generated = plain.Ids("choices.0.token_ids");
        int[] prompt = (await server.AnswerAsync("tokenize", Prompt)).Ids("tokens");
        await Assert.That(generated.Length).IsEqualTo(16);
        JsonElement whole = await server.AnswerAsync("completions", $"{Prompt},{Rest},{fields}");
        await Assert.That(whole.Ids("choices.0.token_ids").SequenceEqual(generated)).IsTrue();
        await Assert.That(whole.Ids("choices.0.prompt_token_ids").SequenceEqual(prompt)).IsTrue();
        await Assert.That(whole.Ids("prompt_token_ids").SequenceEqual(prompt)).IsTrue();

        LanguageStream stream = await server.StreamAsync("completions", $"{Prompt},{Rest},{fields}");
        await Assert.That(stream.Of(0).SelectMany(static part => part.Ids("token_ids")).SequenceEqual(generated)).IsTrue();
        await Assert.That(stream.Chunks[0].Ids("prompt_token_ids").SequenceEqual(prompt)).IsTrue();
        await Assert.That(stream.Text()).IsEqualTo(whole.Text("choices.0.text"));
    }

    [Test]
    public async Task FirstChunkOfEachChoice_HasItsPromptsIds()
    {
        LanguageServer server = await s_server.Value;
        LanguageStream stream = await server.StreamAsync("completions", $"\"prompt\":[[1451,315,325],[300],[301,302]],\"n\":2,{Rest}");
        int[][] prompts = [[1451, 315, 325], [300], [301, 302]];
        for (int choice = 0; choice < 6; choice++)
        {
            JsonElement[] parts = [.. stream.Of(choice)];
            await Assert.That(parts[0].Ids("prompt_token_ids").SequenceEqual(prompts[choice / 2])).IsTrue();
            await Assert.That(parts[0].At("token_ids").GetRawText()).IsEqualTo("[]");
            await Assert.That(parts[1..].Any(static part => part.TryGetProperty("prompt_token_ids", out _))).IsFalse();
            await Assert.That(parts.All(static part => part.At("token_ids").ValueKind == JsonValueKind.Array)).IsTrue();
        }

        LanguageStream chat = await server.StreamAsync("chat/completions", $"\"messages\":[{{\"role\":\"user\",\"content\":\"Hi\"}}],{Rest}");
        await Assert.That(chat.Chunks[0].At("choices.0.token_ids").GetRawText()).IsEqualTo("[]");
        await Assert.That(chat.Chunks.Count(static chunk => chunk.TryGetProperty("prompt_token_ids", out _))).IsEqualTo(1);
    }

    [Test]
    public async Task IdsThatNobodyWants_AreNotThere()
    {
        LanguageServer server = await s_server.Value;
        LanguageStream stream = await server.StreamAsync("completions", $"{Prompt},\"echo\":true,\"logprobs\":1,\"max_tokens\":4");
        await Assert.That(stream.Of(0).Any(static part => part.TryGetProperty("token_ids", out _) || part.TryGetProperty("prompt_token_ids", out _))).IsFalse();
    }

    [Test]
    public async Task TextOffset_IsWhereTheTokenStands()
    {
        LanguageServer server = await s_server.Value;

        // Sampled from all tokens: parts of characters and special tokens are among them.
        string fields = $"{Prompt},\"echo\":true,\"logprobs\":0,\"max_tokens\":200,\"ignore_eos\":true,\"temperature\":2,\"top_k\":-1,\"seed\":3";
        JsonElement whole = await server.AnswerAsync("completions", fields);
        Rune[] text = [.. whole.Text("choices.0.text")!.EnumerateRunes()];
        string[] tokens = [.. whole.At("choices.0.logprobs.tokens").EnumerateArray().Select(static token => token.GetString()!)];
        int[] offsets = whole.Ids("choices.0.logprobs.text_offset");
        await Assert.That(offsets).IsInOrder();
        await Assert.That(offsets[0]).IsEqualTo(0);
        int seen = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (!tokens[i].Contains('\uFFFD') && !tokens[i].StartsWith("<|", StringComparison.Ordinal))
            {
                int length = tokens[i].EnumerateRunes().Count();
                await Assert.That(string.Concat(text[offsets[i]..(offsets[i] + length)])).IsEqualTo(tokens[i]).Because($"token {i}");
                seen++;
            }
        }

        await Assert.That(seen).IsBetween(100, tokens.Length - 10);
        LanguageStream stream = await server.StreamAsync("completions", fields);
        int[] streamed = [.. stream.Of(0).SelectMany(static part => part.Ids("logprobs.text_offset"))];
        await Assert.That(streamed.SequenceEqual(offsets)).IsTrue();
    }

    [Test]
    public async Task TextOffsetOfAnEnd_IsTheEndOfTheText()
    {
        LanguageServer server = await s_server.Value;
        JsonElement answer = await server.AnswerAsync(
            "completions", "\"prompt\":\"The\",\"logprobs\":0,\"temperature\":0,\"min_tokens\":5,\"max_tokens\":9,\"logit_bias\":{\"2\":100}");
        int[] offsets = answer.Ids("choices.0.logprobs.text_offset");
        await Assert.That(offsets.Length).IsEqualTo(6);
        await Assert.That(answer.Text("choices.0.logprobs.tokens.5")).IsEqualTo("<|im_end|>");
        await Assert.That(offsets[5]).IsEqualTo(answer.Text("choices.0.text")!.EnumerateRunes().Count());
    }
}
