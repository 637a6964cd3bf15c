using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A model whose recurrence computes a prompt in pieces otherwise than at once gets it at once, whatever the options say.</summary>
public sealed class LanguageWholePromptTests
{
    private const string Fields = "\"max_tokens\":32,\"ignore_eos\":true,\"temperature\":0,\"return_token_ids\":true";

    [Test]
    public async Task Recurrence_AnswersExactlyWhateverAStepMayCompute()
    {
        string folder = Repo.SharedOrSkip("models", "families", "mamba");
        string answers = Repo.SharedOrSkip("expected", "generative", "families");
        await using LanguageServer server = await LanguageServer.StartAsync(folder, "--max_num_batched_tokens", "1");
        await Assert.That(server.Server.Process.Output).Contains("each prompt is computed at once, because pieces would change the answers");

        JsonElement[] records =
            [.. JsonPath.Parse(await File.ReadAllTextAsync(Path.Combine(answers, "mamba.json"))).At("records").EnumerateArray()];
        await Task.WhenAll(records.Concat(records).Select(record => CheckAsync(server, record)));
    }

    private static async Task CheckAsync(LanguageServer server, JsonElement record)
    {
        bool isChat = record.At("messages").ValueKind == JsonValueKind.Array;
        string prompt = isChat ? $"\"messages\":{record.At("messages").GetRawText()}" : $"\"prompt\":{record.At("prompt").GetRawText()}";
        JsonElement answer = await server.AnswerAsync(isChat ? "chat/completions" : "completions", $"{prompt},{Fields}");
        await Assert.That(IdsOf(answer.At("choices.0.token_ids")).SequenceEqual(IdsOf(record.At("token_ids")))).IsTrue().Because(record.Text("name")!);
    }

    private static int[] IdsOf(JsonElement ids) => [.. ids.EnumerateArray().Select(static id => id.GetInt32())];
}
