using System.Net.ServerSentEvents;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Models with one infer request for each conversation, two at a time: one that cannot be paged, and one that is asked not to be.
/// </summary>
public sealed class LanguageStatefulTests
{
    private const string Unpaged = "mamba";
    private const string Asked = "llama";
    private const string Fields = "\"max_tokens\":32,\"ignore_eos\":true,\"temperature\":0,\"return_token_ids\":true";

    private static readonly Lazy<Task<OvmsServer>> s_server = new(static async () =>
    {
        string families = Repo.SharedOrSkip("models", "families");
        s_config = new ConfigFolder(
            $$$"""
            {"model_config_list": [
                {"config": {{{{Entry(Unpaged)}}}}},
                {"config": {{{{Entry(Asked)}}}, "pipeline_type": "LM"}}
            ]}
            """);
        return await s_config.StartAsync("Ready after", "--metrics_enable");

        string Entry(string name) =>
            $"\"name\": \"{name}\", \"base_path\": {JsonSerializer.Serialize(Path.Combine(families, name))}, \"max_num_seqs\": 2, "
            + $"\"plugin_config\": {LanguageServer.Exact}";
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
    [NotInParallel(nameof(LanguageStatefulTests))]
    [Arguments(Unpaged, "stateful, because No ScaledDotProductAttention operation observed in the graph")]
    [Arguments(Asked, "stateful, because pipeline_type LM asks for it")]
    public async Task Load_SaysTheLaneAndItsReason(string model, string lane)
    {
        OvmsServer server = await s_server.Value;
        string line = server.Process.Output.Split('\n')
            .Single(line => line.Contains($"Loaded language model {model};", StringComparison.Ordinal));
        await Assert.That(line).Contains($"lane: {lane}").And.Contains("KV cache: one infer request a conversation;");
    }

    [Test]
    [NotInParallel(nameof(LanguageStatefulTests))]
    [Arguments(Unpaged)]
    [Arguments(Asked)]
    public async Task Answers_AreExactAloneAndForMoreCallersThanConversations(string model)
    {
        LanguageServer server = new(await s_server.Value, model);
        JsonElement[] records = await RecordsAsync(model);
        await CheckAsync(server, records[0]);
        await Task.WhenAll(records.Select(record => CheckAsync(server, record)));
        await server.UntilAsync("requests", "running", static count => count == 0);
    }

    [Test]
    [NotInParallel(nameof(LanguageStatefulTests))]
    [Arguments(Unpaged)]
    [Arguments(Asked)]
    public async Task AnswersToOnePrompt_AreConversationsOfTheirOwn(string model)
    {
        LanguageServer server = new(await s_server.Value, model);
        JsonElement record = (await RecordsAsync(model))[0];
        JsonElement answer = await server.AnswerAsync("completions", $"\"prompt\":{record.At("prompt").GetRawText()},\"n\":2,{Fields}");
        foreach (string choice in (string[])["choices.0", "choices.1"])
        {
            await Assert.That(answer.Ids($"{choice}.token_ids").SequenceEqual(record.Ids("token_ids"))).IsTrue().Because(choice);
        }

        (int status, string error) = await server.RefusalAsync("completions", "\"prompt\":\"The\",\"n\":3");
        await Assert.That(error).Contains("max_num_seqs");
        await Assert.That(status).IsEqualTo(400);
    }

    [Test]
    [NotInParallel(nameof(LanguageStatefulTests))]
    [Arguments(Unpaged)]
    [Arguments(Asked)]
    public async Task CallerThatLeaves_FreesItsConversations(string model)
    {
        LanguageServer server = new(await s_server.Value, model);
        double before = await server.MetricAsync("cancelled_total");
        using (CancellationTokenSource leave = new())
        {
            // Both conversations, for far longer than a test takes.
            using HttpResponseMessage answer = await server.SendAsync(
                "completions", """ "prompt":"The","stream":true,"n":2,"max_tokens":2000,"ignore_eos":true""", leave.Token);
            await using Stream body = await answer.Content.ReadAsStreamAsync(leave.Token);
            await foreach (SseItem<string> item in LanguageServer.EventsAsync(body, leave.Token))
            {
                await Assert.That(item.Data).Contains("text_completion.chunk");
                break;
            }

            await Assert.That(await server.MetricAsync("requests", "running")).IsEqualTo(2);
        }

        await server.UntilAsync("cancelled_total", "", count => count == before + 1);
        await Task.WhenAll((await RecordsAsync(model))[..2].Select(record => CheckAsync(server, record)));
    }

    private static async Task CheckAsync(LanguageServer server, JsonElement record)
    {
        string because = record.Text("name")!;
        JsonElement answer = record.At("messages").ValueKind == JsonValueKind.Array
            ? await server.AnswerAsync("chat/completions", $"\"messages\":{record.At("messages").GetRawText()},{Fields}")
            : await server.AnswerAsync("completions", $"\"prompt\":{record.At("prompt").GetRawText()},{Fields}");
        await Assert.That(answer.Ids("prompt_token_ids").SequenceEqual(record.Ids("prompt_ids"))).IsTrue().Because(because);
        await Assert.That(answer.Ids("choices.0.token_ids").SequenceEqual(record.Ids("token_ids"))).IsTrue().Because(because);
    }

    private static async Task<JsonElement[]> RecordsAsync(string model)
    {
        string path = Repo.SharedOrSkip("expected", "generative", "families", $"{model}.json");
        return [.. JsonPath.Parse(await File.ReadAllTextAsync(path)).At("records").EnumerateArray()];
    }
}
