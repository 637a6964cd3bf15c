using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Every kind of language model that exporters make, all of them served by one process as one repository: recorded answers, alone and in
/// company, whole and streamed.
/// </summary>
public sealed class LanguageFamiliesTests
{
    private const string Fields = "\"max_tokens\":32,\"ignore_eos\":true,\"temperature\":0,\"return_token_ids\":true";

    // A family that the pass refuses, and two that it would change; all others are paged.
    private static readonly Dictionary<string, string> s_stateful = new()
    {
        ["mamba"] = "No ScaledDotProductAttention operation observed",
        ["mpt"] = "the paged-attention pass changes what this model computes",
        ["qwen3_5_text"] = "the paged-attention pass changes what this model computes",
    };

    [Test]
    public async Task EveryFamily_AnswersExactlyAloneAndInCompany()
    {
        string models = Repo.SharedOrSkip("models", "families");
        string answers = Repo.SharedOrSkip("expected", "generative", "families");
        await using OvmsServer process = await OvmsServer.StartSlowAsync(
            "Ready after", OvmsProcess.Patience * 4, "--model_repository_path", models, "--plugin_config", LanguageServer.Exact);
        string[] families = [.. Directory.EnumerateDirectories(models).Select(static folder => Path.GetFileName(folder))];
        await Assert.That(families.Length).IsGreaterThanOrEqualTo(21);
        foreach (string family in families)
        {
            string lane = s_stateful.TryGetValue(family, out string? reason) ? $"stateful, because {reason}" : "paged attention;";
            await Assert.That(process.Process.Output).Contains($"Loaded language model {family}; version: 1; device: CPU; lane: {lane}");

            LanguageServer server = new(process, family);
            JsonElement[] records =
                [.. JsonPath.Parse(await File.ReadAllTextAsync(Path.Combine(answers, $"{family}.json"))).At("records").EnumerateArray()];
            await CheckAsync(server, records[0], $"{family} alone");
            await Task.WhenAll(records.Select(record => CheckAsync(server, record, $"{family} {record.Text("name")}")));
        }
    }

    private static async Task CheckAsync(LanguageServer server, JsonElement record, string because)
    {
        bool isChat = record.At("messages").ValueKind == JsonValueKind.Array;
        string prompt = isChat ? $"\"messages\":{record.At("messages").GetRawText()}" : $"\"prompt\":{record.At("prompt").GetRawText()}";
        string path = isChat ? "chat/completions" : "completions";
        Task<JsonElement> wholeAnswer = server.AnswerAsync(path, $"{prompt},{Fields}");
        Task<LanguageStream> streamedAnswer = server.StreamAsync(path, $"{prompt},{Fields}");
        JsonElement whole = await wholeAnswer;
        LanguageStream stream = await streamedAnswer;
        int[] streamed = [.. stream.Of(0).SelectMany(static part => part.Ids("token_ids"))];
        await Assert.That(whole.Ids("prompt_token_ids").SequenceEqual(record.Ids("prompt_ids"))).IsTrue().Because(because);
        await Assert.That(whole.Ids("choices.0.token_ids").SequenceEqual(record.Ids("token_ids"))).IsTrue().Because(because);
        await Assert.That(streamed.SequenceEqual(record.Ids("token_ids"))).IsTrue().Because($"{because}, streamed");
        string text = isChat ? "choices.0.message.content" : "choices.0.text";
        await Assert.That(whole.Text(text)).IsEqualTo(record.Text("text")).Because(because);
        await Assert.That(stream.Text()).IsEqualTo(record.Text("text")).Because($"{because}, streamed");
    }
}
