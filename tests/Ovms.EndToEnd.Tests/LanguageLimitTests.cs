using System.Net.ServerSentEvents;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Answers that take longer than --generation_timeout_seconds allows, and prompts longer than --max_prompt_len.</summary>
public sealed class LanguageLimitTests
{
    // 480,000 tokens: far more than a second of computing.
    private static readonly string s_long =
        $"\"prompt\":[{string.Join(',', Enumerable.Repeat("\"The licence\"", 12))}],\"max_tokens\":2000,\"ignore_eos\":true,\"temperature\":1,\"n\":20";

    private static readonly Lazy<Task<LanguageServer>> s_server =
        LanguageServer.Shared(static () => LanguageServer.SmallFolder, "--generation_timeout_seconds", "1", "--max_prompt_len", "100");

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    [NotInParallel(nameof(LanguageLimitTests))]
    public async Task WholeAnswer_Is504AndFreesWhatItHeld()
    {
        LanguageServer server = await s_server.Value;
        (int status, string error) = await server.RefusalAsync("completions", s_long);
        await Assert.That(error).IsEqualTo("Deadline exceeded - the answer was not complete after 1 s (generation_timeout_seconds)");
        await Assert.That(status).IsEqualTo(504);
        await server.UntilAsync("requests", "running", static count => count == 0);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
        await Assert.That(await server.MetricAsync("completion_tokens_total")).IsLessThan(480_000);
        await server.AnswerAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1");
    }

    [Test]
    [NotInParallel(nameof(LanguageLimitTests))]
    public async Task Stream_KeepsItsTextAndEndsWithAnErrorAndDone()
    {
        LanguageServer server = await s_server.Value;
        using HttpResponseMessage answer = await server.SendAsync("completions", $"{s_long},\"stream\":true");
        await Assert.That((int)answer.StatusCode).IsEqualTo(200);
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        List<string> events = [];
        await foreach (SseItem<string> item in LanguageServer.EventsAsync(body))
        {
            events.Add(item.Data);
        }

        await Assert.That(events[^1]).IsEqualTo("[DONE]");
        JsonElement error = JsonPath.Parse(events[^2]);
        await Assert.That(error.At("error.code").GetInt32()).IsEqualTo(504);
        await Assert.That(error.Text("error.message")).Contains("generation_timeout_seconds");
        string text = string.Concat(events.SkipLast(2).Select(static data => JsonPath.Parse(data).Text("choices.0.text")));
        await Assert.That(text.Length).IsGreaterThan(0);
    }

    [Test]
    [NotInParallel(nameof(LanguageLimitTests))]
    public async Task LongerPrompt_IsRefused()
    {
        LanguageServer server = await s_server.Value;
        await server.AnswerAsync("completions", $"\"prompt\":[{string.Join(',', Enumerable.Repeat(20, 100))}],\"max_tokens\":1");
        (int status, string error) =
            await server.RefusalAsync("completions", $"\"prompt\":[{string.Join(',', Enumerable.Repeat(20, 101))}],\"max_tokens\":1");
        await Assert.That(error).Contains("Number of prompt tokens: 101 exceeds max_prompt_len, which is 100 for this model");
        await Assert.That(status).IsEqualTo(400);
    }
}
