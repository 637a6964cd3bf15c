using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// The trained model against answers that were recorded from its stateful form, and that OpenVINO GenAI gives too: tokens, texts,
/// reasons and log-probabilities.
/// </summary>
public sealed class LanguageExactTests
{
    private const double Rounding = 1e-3;

    private static readonly Lazy<Task<LanguageServer>> s_server = LanguageServer.Shared(static () => LanguageServer.TrainedFolder);

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    public async Task Answers_AreExactAlone()
    {
        LanguageServer server = await s_server.Value;
        foreach (JsonElement record in Records())
        {
            await CheckAsync(server, record);
        }
    }

    [Test]
    [DependsOn(nameof(Answers_AreExactAlone))]
    public async Task Answers_AreExactInCompanyOfSeven()
    {
        LanguageServer server = await s_server.Value;

        // Where the two best tokens are as good as equal, company may decide between them.
        JsonElement[] records = [.. Records().Where(static record => double.Parse(record.At("smallest_margin").ToString(), null) >= Rounding)];
        await Assert.That(records.Length).IsGreaterThan(15);
        await Parallel.ForEachAsync(
            records, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (record, _) => await CheckAsync(server, record));
    }

    private static async Task CheckAsync(LanguageServer server, JsonElement record)
    {
        const string Common = """ "max_tokens":48,"temperature":0,"return_token_ids":true""";
        bool isChat = record.At("messages").ValueKind == JsonValueKind.Array;
        JsonElement answer = isChat
            ? await server.AnswerAsync("chat/completions", $"\"messages\":{record.At("messages").GetRawText()},\"logprobs\":true,\"top_logprobs\":5,{Common}")
            : await server.AnswerAsync("completions", $"\"prompt\":{record.At("prompt").GetRawText()},\"logprobs\":5,{Common}");
        JsonElement choice = answer.At("choices.0");
        string prompt = record.Text("prompt")!;
        await Assert.That(answer.Ids("prompt_token_ids")).IsEquivalentTo(record.Ids("prompt_ids")).Because(prompt);
        await Assert.That(choice.Ids("token_ids").SequenceEqual(record.Ids("token_ids"))).IsTrue().Because(prompt);
        await Assert.That(choice.Text(isChat ? "message.content" : "text")).IsEqualTo(record.Text("text")).Because(prompt);
        await Assert.That(choice.Text("finish_reason")).IsEqualTo(record.Text("finish_reason")).Because(prompt);
        float[] logProbs = isChat
            ? [.. choice.At("logprobs.content").EnumerateArray().Select(static token => token.At("logprob").GetSingle())]
            : choice.Floats("logprobs.token_logprobs");
        float[] expected = record.Floats("logprobs");
        await Assert.That(logProbs.Length).IsEqualTo(expected.Length).Because(prompt);
        await Assert.That(logProbs.Zip(expected).Max(static pair => Math.Abs(pair.First - pair.Second))).IsLessThan((float)Rounding).Because(prompt);
        await Assert.That(answer.At("usage.completion_tokens").GetInt32()).IsEqualTo(expected.Length).Because(prompt);
    }

    private static List<JsonElement> Records()
    {
        string path = Repo.SharedOrSkip("expected", "generative", "smollm2_answers.json");
        return [.. JsonPath.Parse(File.ReadAllText(path)).At("records").EnumerateArray()];
    }
}
