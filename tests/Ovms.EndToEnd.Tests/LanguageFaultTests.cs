using System.Net.ServerSentEvents;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Callers that leave, and a server or a model that ends, while answers are generated.</summary>
public sealed class LanguageFaultTests
{
    // Far longer than a test takes to do something meanwhile.
    private const string Long = """ "prompt":"The licence","max_tokens":2000,"ignore_eos":true,"n":20,"temperature":1""";

    private static readonly Lazy<Task<LanguageServer>> s_server = LanguageServer.Shared(static () => LanguageServer.SmallFolder);

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    [NotInParallel(nameof(LanguageFaultTests))]
    public async Task CallerThatLeaves_FreesItsBlocks()
    {
        LanguageServer server = await s_server.Value;
        double before = await server.MetricAsync("cancelled_total");
        using (CancellationTokenSource leave = new())
        {
            using HttpResponseMessage answer = await server.SendAsync("completions", $"{Long},\"stream\":true", leave.Token);
            await using Stream body = await answer.Content.ReadAsStreamAsync(leave.Token);
            await foreach (SseItem<string> item in LanguageServer.EventsAsync(body, leave.Token))
            {
                await Assert.That(item.Data).Contains("text_completion.chunk");
                break;
            }

            await Assert.That(await server.MetricAsync("requests", "running")).IsGreaterThan(0);
        }

        await server.UntilAsync("cancelled_total", "", count => count == before + 1);
        await server.UntilAsync("requests", "running", static count => count == 0);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
        await server.AnswerAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1");
    }

    [Test]
    [NotInParallel(nameof(LanguageFaultTests))]
    [Arguments("completions", Long)]
    [Arguments("chat/completions", """ "messages":[{"role":"user","content":"x"}],"max_tokens":1900,"ignore_eos":true,"n":20""")]
    public async Task CallerOfAWholeAnswerThatLeaves_FreesItsBlocks(string path, string fields)
    {
        LanguageServer server = await s_server.Value;
        double cancelled = await server.MetricAsync("cancelled_total");
        double generated = await server.MetricAsync("completion_tokens_total");
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage> answer = server.SendAsync(path, fields, leave.Token);
        await server.UntilAsync("completion_tokens_total", "", count => count > generated);
        await Assert.That(answer.IsCompleted).IsFalse();
        await leave.CancelAsync();
        await Assert.That(async () => await answer).Throws<OperationCanceledException>();

        await server.UntilAsync("cancelled_total", "", count => count == cancelled + 1);
        await server.UntilAsync("requests", "running", static count => count == 0);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);

        // All would have been 20 answers of 1,900 tokens at least.
        await Assert.That(await server.MetricAsync("completion_tokens_total") - generated).IsLessThan(20 * 1900);
        await server.AnswerAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1");
    }

    [Test]
    [NotInParallel(nameof(LanguageFaultTests))]
    public async Task StopText_IsNoCancellation()
    {
        LanguageServer server = await s_server.Value;
        double before = await server.MetricAsync("cancelled_total");
        JsonElement answer = await server.AnswerAsync(
            "completions", "\"prompt\":\"The\",\"max_tokens\":2000,\"ignore_eos\":true,\"n\":3,\"temperature\":1,\"stop\":[\"e\"]");
        await Assert.That(answer.At("choices").EnumerateArray().All(static choice => choice.Text("finish_reason") == "stop")).IsTrue();
        await server.UntilAsync("requests", "running", static count => count == 0);
        await Assert.That(await server.MetricAsync("cancelled_total")).IsEqualTo(before);
    }

    [Test]
    [NotInParallel(nameof(LanguageFaultTests))]
    [Arguments(false)]
    [Arguments(true)]
    public async Task StopTextOfTheSecondPrompt_EndsItWhileTheFirstGoesOn(bool isStream)
    {
        LanguageServer server = await s_server.Value;
        const string Prompts = """ "prompt":["The licence","The second of them"],"ignore_eos":true,"temperature":0""";
        const int Most = 1500;
        JsonElement all = await server.AnswerAsync("completions", $"{Prompts},\"max_tokens\":{Most}");
        string first = all.Text("choices.0.text")!;
        string second = all.Text("choices.1.text")!;
        string stop = Enumerable.Range(0, second.Length - 12).Select(from => second.Substring(from, 12))
            .First(part => !part.Contains('\uFFFD') && !first.Contains(part, StringComparison.Ordinal));

        double before = await server.MetricAsync("completion_tokens_total");
        string fields = $"{Prompts},\"max_tokens\":{Most},\"stop\":[{JsonSerializer.Serialize(stop)}]";
        if (isStream)
        {
            LanguageStream stream = await server.StreamAsync("completions", fields);
            await Assert.That((stream.Finish(0), stream.Finish(1))).IsEqualTo(("length", "stop"));
        }
        else
        {
            JsonElement answer = await server.AnswerAsync("completions", fields);
            await Assert.That((answer.Text("choices.0.finish_reason"), answer.Text("choices.1.finish_reason"))).IsEqualTo(("length", "stop"));
        }

        await Assert.That(await server.MetricAsync("completion_tokens_total") - before).IsBetween(Most, Most * 3 / 2);
    }

    [Test]
    public async Task StreamAtTheEndOfTheDrainTime_GetsAnErrorAndDone()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.TrainedFolder, "--drain_timeout_seconds", "1");
        using HttpResponseMessage answer = await server.SendAsync(
            "chat/completions", """ "stream":true,"messages":[{"role":"user","content":"Tell me a story."}],"max_tokens":8000,"ignore_eos":true""");
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        List<string> events = [];
        await foreach (SseItem<string> item in LanguageServer.EventsAsync(body))
        {
            if (events.Count == 0)
            {
                server.Server.Process.Signal(PosixSignal.SIGTERM);
            }

            events.Add(item.Data);
        }

        await Assert.That(events[^1]).IsEqualTo("[DONE]");
        JsonElement error = JsonPath.Parse(events[^2]);
        await Assert.That(error.At("error.code").GetInt32()).IsEqualTo(503);
        await Assert.That(error.Text("error.message")).Contains("shutting down");

        // What was generated until then has come.
        await Assert.That(events.Count).IsGreaterThan(3);
        await Assert.That(await server.Server.Process.WaitForExitAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task StreamWithinTheDrainTime_EndsWhole()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.SmallFolder);
        using HttpResponseMessage answer = await server.SendAsync("completions", """ "stream":true,"prompt":"The","max_tokens":1000,"ignore_eos":true""");
        server.Server.Process.Signal(PosixSignal.SIGTERM);
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        LanguageStream stream = await LanguageStream.ReadAsync(answer, body);
        await Assert.That(stream.IsDone).IsTrue();
        await Assert.That(stream.Finish()).IsEqualTo("length");
        await Assert.That(await server.Server.Process.WaitForExitAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task ReloadAndUnload_LetStreamsEndWhole()
    {
        string folder = JsonSerializer.Serialize(LanguageServer.SmallFolder);
        using ConfigFolder config = new(Entry(""));
        await using OvmsServer process = await config.StartAsync("Ready after");
        LanguageServer server = new(process, "chat");
        const string Fields = """ "stream":true,"prompt":"The","max_tokens":1500,"ignore_eos":true,"temperature":0""";

        // The model's options change: a new one is loaded beside the old one.
        using HttpResponseMessage first = await server.SendAsync("completions", Fields);
        await File.WriteAllTextAsync(config.File, Entry(",\"max_tokens_limit\":100"));
        await ReloadAsync();
        using HttpResponseMessage second = await server.SendAsync("completions", """ "stream":true,"prompt":"The","max_tokens":99,"ignore_eos":true""");
        (int status, string error) = await server.RefusalAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1500");
        await Assert.That(error).Contains("max_tokens is 1500; it must be below max_tokens_limit, which is 100 for this model");
        await Assert.That(status).IsEqualTo(400);

        // It goes: its name is unknown.
        await File.WriteAllTextAsync(config.File, """{"model_config_list": []}""");
        await ReloadAsync();
        (status, _) = await server.RefusalAsync("completions", "\"prompt\":\"The\"");
        await Assert.That(status).IsEqualTo(404);

        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[first, second])
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync();
            LanguageStream stream = await LanguageStream.ReadAsync(answer, body);
            await Assert.That(stream.IsDone).IsTrue();
            await Assert.That(stream.Finish()).IsEqualTo("length");
        }

        string Entry(string more) => $$$"""{"model_config_list": [{"config": {"name": "chat", "base_path": {{{folder}}}{{{more}}}}}]}""";

        async Task ReloadAsync()
        {
            using HttpResponseMessage answer = await process.Http.PostAsync("/v1/config/reload", null);
            await Assert.That(answer.IsSuccessStatusCode).IsTrue().Because(await answer.Content.ReadAsStringAsync());
        }
    }
}
