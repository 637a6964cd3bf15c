using System.Text.Json;
using Ovms.Frontends;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>How answers end that are not generated to their end: whole ones, and streams before and after their first event.</summary>
public class TextRunTests
{
    private const string Prompt = "\"prompt\":[1,2,3]";
    private static readonly int s_failure = StatusCode.InternalInferenceError.ToHttp();

    [Test]
    public async Task Answer_IsWholeOrStreamed()
    {
        using TextRig whole = new();
        JsonElement answer = JsonDocument.Parse(await whole.RunAsync($"{Prompt},\"max_tokens\":8")).RootElement;
        await Assert.That(answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32()).IsEqualTo(8);

        using TextRig stream = new();
        string[] events = Events(await stream.RunAsync($"{Prompt},\"max_tokens\":8,\"stream\":true"));
        await Assert.That(events[^1]).IsEqualTo("[DONE]");
        await Assert.That(TextOf(events[..^1])).IsEqualTo(answer.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Test]
    [Arguments(false, 0)]
    [Arguments(false, 5)]
    [Arguments(true, 0)]
    public async Task FailureBeforeTheResponse_IsOneOfItsOwn(bool isStream, int tokens)
    {
        using TextRig rig = new();
        FailAfter(rig, tokens);
        JsonElement answer = JsonDocument.Parse(await rig.RunAsync($"{Prompt},\"max_tokens\":50,\"stream\":{(isStream ? "true" : "false")}")).RootElement;
        await Assert.That(answer.GetProperty("error").GetString()).Contains("made to fail");
        await Assert.That(rig.Context.Response.StatusCode).IsEqualTo(s_failure);
        await Assert.That(rig.Context.Response.ContentType).IsEqualTo("application/json");
    }

    [Test]
    public async Task FailureInAStream_IsAnEventBeforeTheEnd()
    {
        // The step fails when the response has begun.
        using TextRig rig = new();
        rig.Model.Computes = entries => entries.All(static entry => entry.Ids.Length < 8)
            || (!SpinWait.SpinUntil(() => rig.Context.Response.ContentType is not null, TimeSpan.FromSeconds(60)) && false);
        string[] events = Events(await rig.RunAsync($"{Prompt},\"max_tokens\":50,\"stream\":true"));
        await Assert.That(events.Length).IsGreaterThanOrEqualTo(3);
        await Assert.That(events[^1]).IsEqualTo("[DONE]");
        JsonElement error = JsonDocument.Parse(events[^2]).RootElement.GetProperty("error");
        await Assert.That(error.GetProperty("message").GetString()).Contains("made to fail");
        await Assert.That(error.GetProperty("code").GetInt32()).IsEqualTo(s_failure);
        await Assert.That(events[..^2].All(static item => JsonDocument.Parse(item).RootElement.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind == JsonValueKind.Null)).IsTrue();
        await Assert.That(rig.Context.Response.StatusCode).IsEqualTo(200);

        // The text of all tokens before the failure was sent: a prompt of 3, and 5 after it.
        using TextRig whole = new();
        JsonElement answer = JsonDocument.Parse(await whole.RunAsync($"{Prompt},\"max_tokens\":5")).RootElement;
        await Assert.That(TextOf(events[..^2])).IsEqualTo(answer.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Test]
    public async Task FailureAfterASecond_IsAnEvent()
    {
        using TextRig rig = new();
        using ManualResetEventSlim go = new();
        rig.Model.Computes = entries =>
        {
            go.Wait();
            return entries.All(static entry => entry.Ids.Length < 3);
        };
        Task<string> running = rig.RunAsync($"{Prompt},\"max_tokens\":50,\"n\":2,\"stream\":true");
        while (rig.Model.Steps.IsEmpty)
        {
            await Task.Yield();
        }

        // The status and an event without text for each answer.
        rig.Clock.Move(1);
        await Assert.That(Events(await rig.BeginningAsync()).Length).IsEqualTo(2);
        go.Set();
        string[] events = Events(await running);
        await Assert.That(events.Length).IsEqualTo(4);
        await Assert.That(events[2]).Contains("made to fail");
        await Assert.That(events[3]).IsEqualTo("[DONE]");
    }

    [Test]
    public async Task EndOfTheDrain_IsToldToEachForm()
    {
        using TextRig stream = new();
        using SemaphoreSlim some = new(6);
        stream.Model.Computes = _ =>
        {
            if (!some.Wait(0))
            {
                // Until the stream has begun, the end of the drain would be an answer of its own.
                SpinWait.SpinUntil(() => stream.Context.Response.ContentType is not null, TimeSpan.FromSeconds(20));
                stream.CutOff.Cancel();
            }

            return true;
        };
        string[] events = Events(await stream.RunAsync($"{Prompt},\"max_tokens\":100000,\"stream\":true"));
        await Assert.That(events[^1]).IsEqualTo("[DONE]");
        await Assert.That(JsonDocument.Parse(events[^2]).RootElement.GetProperty("error").GetProperty("code").GetInt32()).IsEqualTo(503);

        using TextRig whole = new();
        whole.Model.Computes = _ =>
        {
            whole.CutOff.Cancel();
            return true;
        };
        await Assert.That(await whole.RunAsync($"{Prompt},\"max_tokens\":100000")).StartsWith("{\"error\":");
        await Assert.That(whole.Context.Response.StatusCode).IsEqualTo(503);
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task CallerThatLeaves_EndsTheGeneration(bool isStream)
    {
        using TextRig rig = new();
        rig.Model.Computes = _ =>
        {
            rig.Leave.Cancel();
            return true;
        };
        await rig.RunAsync($"{Prompt},\"max_tokens\":100000,\"stream\":{(isStream ? "true" : "false")}");
        await Assert.That(rig.Context.Response.StatusCode).IsEqualTo(isStream && rig.Context.Response.ContentType is not null ? 200 : 499);
        await Assert.That(rig.Engine.Counts.GeneratedTokens).IsLessThan(100_000);
    }

    [Test]
    [Arguments(1)]
    [Arguments(3)]
    public async Task WholeAnswer_CountsInTheMemoryWhileItGrows(int prompts)
    {
        // 20 alternatives of 10,000 tokens have some 2 MB: more than the calls together may hold.
        using TextRig rig = new() { Memory = new RequestMemory(500_000, "rest_memory_quota") };
        string prompt = $"\"prompt\":[{string.Join(',', Enumerable.Range(0, prompts).Select(static i => $"[{i},2,3]"))}]";
        string answer = await rig.RunAsync($"{prompt},\"max_tokens\":10000,\"logprobs\":20");
        await Assert.That(answer).Contains("rest_memory_quota");
        await Assert.That(rig.Context.Response.StatusCode).IsEqualTo(503);
        await Assert.That(rig.Engine.Counts.GeneratedTokens).IsLessThan(6_000);
        await Assert.That(rig.Memory.Taken).IsEqualTo(0);

        // One that is read while it is made does not grow.
        using TextRig stream = new() { Memory = new RequestMemory(500_000, "rest_memory_quota") };
        await Assert.That(Events(await stream.RunAsync($"{prompt},\"max_tokens\":3000,\"logprobs\":20,\"stream\":true"))[^1]).IsEqualTo("[DONE]");
    }

    private static void FailAfter(TextRig rig, int tokens) =>
        rig.Model.Computes = entries => entries.All(entry => entry.Ids.Length < 3 + tokens);

    private static string TextOf(IEnumerable<string> events) => string.Concat(
        events.Select(static item => JsonDocument.Parse(item).RootElement.GetProperty("choices")[0].GetProperty("text").GetString()));

    private static string[] Events(string body) =>
        [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static item => item["data: ".Length..])];
}
