using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A step of a language model that does not end: its thread stands still in the middle of a long prompt.</summary>
[NotInParallel(nameof(LanguageHangTests))]
public sealed class LanguageHangTests
{
    // Seconds of computing, all of it inside the engine.
    private static readonly string s_prompt = $"\"prompt\":[{string.Join(',', Enumerable.Range(0, 6000).Select(static i => 1000 + i))}]";

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task Stop_EndsInItsTimeAndTheCallerIsTold(bool isStream)
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.TrainedFolder, "--drain_timeout_seconds", "3");
        OvmsProcess process = server.Server.Process;
        Task<(int Status, string Text)> call = CallAsync(server, isStream);
        await server.UntilAsync("requests", "running", static count => count == 1);
        await using FrozenThread frozen = await FrozenThread.FreezeAsync(process.Id, "generation");

        long stopped = Stopwatch.GetTimestamp();
        process.Signal(PosixSignal.SIGTERM);
        (int status, string text) = await call;
        await Assert.That(text).Contains("shutting down");
        await Assert.That(status).IsEqualTo(isStream ? 200 : 503);
        await Assert.That(text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal)).IsEqualTo(isStream);
        await Assert.That(await process.WaitForExitAsync()).IsEqualTo(0);

        // Far below the patience of a test, and of what restarts services.
        await Assert.That(Stopwatch.GetElapsedTime(stopped)).IsLessThan(TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task StopWithoutCallers_EndsInItsTime()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.TrainedFolder, "--drain_timeout_seconds", "3");
        OvmsProcess process = server.Server.Process;
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage> call = server.SendAsync("completions", $"{s_prompt},\"max_tokens\":5", leave.Token);
        await server.UntilAsync("requests", "running", static count => count == 1);
        await using FrozenThread frozen = await FrozenThread.FreezeAsync(process.Id, "generation");
        await leave.CancelAsync();
        await Assert.That(async () => await call).Throws<OperationCanceledException>();

        long stopped = Stopwatch.GetTimestamp();
        process.Signal(PosixSignal.SIGTERM);
        await Assert.That(await process.WaitForExitAsync()).IsEqualTo(0);
        await Assert.That(Stopwatch.GetElapsedTime(stopped)).IsLessThan(TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task Readiness_GoesAndReturnsWithTheStep()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.TrainedFolder);
        OvmsProcess process = server.Server.Process;
        Task<(int Status, string Text)> call = CallAsync(server, isStream: false);
        await server.UntilAsync("requests", "running", static count => count == 1);
        await using FrozenThread frozen = await FrozenThread.FreezeAsync(process.Id, "generation");

        await process.WaitForLineAsync(static line => line.Contains("the model is not ready until it ends", StringComparison.Ordinal), OvmsProcess.Patience * 2);
        await Assert.That(await StatusAsync(server, "/v2/health/ready")).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        await Assert.That(await StatusAsync(server, "/v2/models/smollm2_135m/ready")).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        await Assert.That(await StatusAsync(server, "/v2/health/live")).IsEqualTo(HttpStatusCode.OK);
        (int status, string error) = await server.RefusalAsync("completions", "\"prompt\":\"The\"");
        await Assert.That(error).Contains("runs for more than");
        await Assert.That(status).IsEqualTo(503);

        await frozen.ThawAsync();
        (status, string text) = await call;
        await Assert.That(status).IsEqualTo(200).Because(text);
        await Assert.That(JsonPath.Parse(text).At("usage.completion_tokens").GetInt32()).IsEqualTo(5);
        await Assert.That(await StatusAsync(server, "/v2/health/ready")).IsEqualTo(HttpStatusCode.OK);
        await server.AnswerAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1");
    }

    private static async Task<HttpStatusCode> StatusAsync(LanguageServer server, string path)
    {
        using HttpResponseMessage answer = await server.Server.Http.GetAsync(path);
        return answer.StatusCode;
    }

    private static async Task<(int Status, string Text)> CallAsync(LanguageServer server, bool isStream)
    {
        // Longer than the step may hang before it is noticed.
        using HttpClient http = new() { BaseAddress = server.Server.Http.BaseAddress, Timeout = OvmsProcess.Patience * 4 };
        string body = $$"""{"model":"smollm2_135m",{{s_prompt}},"max_tokens":5,"ignore_eos":true,"stream":{{JsonSerializer.Serialize(isStream)}}}""";
        using HttpResponseMessage answer = await http.PostAsync("/v3/completions", new StringContent(body));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
