using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Penalties where every logit is negative: a model of so few tokens that a request can lower all of them. OpenVINO GenAI would raise the
/// logits of tokens that occurred, and repeat one for ever.
/// </summary>
public sealed class LanguagePenaltyTests
{
    private const int Vocabulary = 64;
    private const int Favourite = 30;

    [Test]
    public async Task PenaltiesOnNegativeLogits_LowerThem()
    {
        using ConfigFolder folder = new("{}");
        folder.Copy("tiny_lm", "tiny");
        folder.Copy("tokenizers/spm_bpe", "tiny");
        folder.Write("tiny/config.json", """{"model_type":"llama","max_position_embeddings":256}""");
        await using LanguageServer server = await LanguageServer.StartAsync(Path.Combine(folder.Path, "tiny"));
        string bias = string.Join(',', Enumerable.Range(0, Vocabulary).Select(static id => $"\"{id}\":{(id == Favourite ? -70 : -100)}"));
        string fields = $"\"prompt\":[5,6,7],\"max_tokens\":60,\"ignore_eos\":true,\"temperature\":0,\"return_token_ids\":true,\"logit_bias\":{{{bias}}}";

        int[] plain = (await server.AnswerAsync("completions", fields)).Ids("choices.0.token_ids");
        await Assert.That(plain).IsEquivalentTo(Enumerable.Repeat(Favourite, 60));
        foreach (string penalty in (string[])["\"frequency_penalty\":2", "\"frequency_penalty\":1,\"presence_penalty\":2"])
        {
            JsonElement answer = await server.AnswerAsync("completions", $"{fields},{penalty}");
            int[] ids = answer.Ids("choices.0.token_ids");
            await Assert.That(ids[0]).IsEqualTo(Favourite);
            await Assert.That(ids.Count(static id => id == Favourite)).IsBetween(5, 40).Because(penalty);
        }
    }
}
