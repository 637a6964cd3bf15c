using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A model that computes one answer at a time, and what callers see while they wait for their first token.</summary>
public sealed class LanguageQueueTests
{
    // Work that holds the only place for half a minute, until its unread text passes the limit. On a machine busy with other tests a caller
    // may see less of it.
    private const string Holder = """ "stream":true,"prompt":"The","max_tokens":8000,"ignore_eos":true""";
    private const string Chat = """ "stream":true,"messages":[{"role":"user","content":"Hello"}],"max_tokens":4,"ignore_eos":true""";
    private const string Completion = """ "stream":true,"prompt":"Hello","max_tokens":4,"ignore_eos":true""";

    private static readonly Lazy<Task<LanguageServer>> s_server =
        LanguageServer.Shared(static () => LanguageServer.TrainedFolder, "--max_num_seqs", "1");

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    [NotInParallel]
    [Arguments("chat/completions", Chat, "choices.0.delta.role", "assistant")]
    [Arguments("completions", Completion, "choices.0.text", "")]
    public async Task Stream_BeginsBeforeItsFirstToken(string path, string fields, string member, string value)
    {
        LanguageServer server = await s_server.Value;
        using HttpResponseMessage holder = await server.SendAsync("completions", Holder);
        long sent = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await server.SendAsync(path, fields);
        TimeSpan waited = Stopwatch.GetElapsedTime(sent);
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        int events = 0;
        await foreach (SseItem<string> item in LanguageServer.EventsAsync(body))
        {
            if (++events == 1)
            {
                JsonElement first = JsonPath.Parse(item.Data);
                await Assert.That(first.Text(member)).IsEqualTo(value);

                // The other caller still has the only place.
                await Assert.That(await server.MetricAsync("requests", "running")).IsEqualTo(1);
                await Assert.That(await server.MetricAsync("requests", "waiting")).IsEqualTo(1);
                holder.Dispose();
            }
        }

        await Assert.That(events).IsGreaterThan(2);

        // After a second: until then a failure is an answer of its own. The comment that fills a silence would come after 15 s.
        await Assert.That(waited.TotalSeconds).IsBetween(0.95, 14);
    }

    [Test]
    [NotInParallel]
    public async Task CallerThatLeavesTheQueue_IsNotComputed()
    {
        LanguageServer server = await s_server.Value;
        double prompts = await server.MetricAsync("prompt_tokens_total");
        double cancelled = await server.MetricAsync("cancelled_total");
        using HttpResponseMessage holder = await server.SendAsync("completions", Holder);
        double holding = await server.MetricAsync("prompt_tokens_total");
        await Assert.That(holding).IsGreaterThan(prompts);
        using (CancellationTokenSource leaveQueue = new())
        {
            Task<HttpResponseMessage> waiting = server.SendAsync("completions", "\"prompt\":\"Hello\"", leaveQueue.Token);
            await server.UntilAsync("requests", "waiting", static count => count == 1);
            await leaveQueue.CancelAsync();
            await Assert.That(async () => await waiting).Throws<OperationCanceledException>();
        }

        await server.UntilAsync("requests", "waiting", static count => count == 0);
        holder.Dispose();
        await server.UntilAsync("cancelled_total", "", count => count == cancelled + 2);
        await Assert.That(await server.MetricAsync("prompt_tokens_total")).IsEqualTo(holding);
    }
}
