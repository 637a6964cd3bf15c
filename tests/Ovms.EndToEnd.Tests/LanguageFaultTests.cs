using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Callers that leave or do not read, and a server or a model that ends, while answers are generated.</summary>
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
    public async Task CallerThatReadsNothing_IsCancelled()
    {
        LanguageServer server = await s_server.Value;
        double before = await server.MetricAsync("cancelled_total");
        using Socket caller = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await caller.ConnectAsync(System.Net.IPAddress.Loopback, server.Server.RestPort);

        // 20 answers of 2,000 tokens with 20 alternatives each: some 100 MiB of events.
        byte[] body = Encoding.UTF8.GetBytes($"{{\"model\":\"{LanguageServer.Small}\",\"stream\":true,\"logprobs\":20,{Long}}}");
        await caller.SendAsync(RawHttp.Request("POST /v3/completions", $"Content-Length: {body.Length}\r\n", body));

        await server.UntilAsync("cancelled_total", "", count => count == before + 1);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
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
