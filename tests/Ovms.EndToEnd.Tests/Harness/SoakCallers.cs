using System.Collections.Concurrent;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Callers of a language model that do all that callers do, one call after the other, until their time is over.</summary>
/// <param name="server">The server.</param>
/// <param name="end">Ends the callers after the call that is under way.</param>
internal sealed class SoakCallers(LanguageServer server, CancellationToken end)
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    /// <summary>What went otherwise than it should; it is filled up to a limit.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>How many calls of each kind there were.</summary>
    public string Counts => string.Join(", ", _counts.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Value} {pair.Key}"));

    /// <summary>One caller.</summary>
    /// <param name="number">What it does follows from its number.</param>
    public async Task RunAsync(int number)
    {
        Random random = new(number);
        while (!end.IsCancellationRequested)
        {
            (string name, Func<Random, Task<string?>> call) = random.Next(12) switch
            {
                < 3 => ("streams", StreamAsync),
                < 5 => ("whole answers", WholeAsync),
                5 or 6 => ("streams left", LeaveStreamAsync),
                7 => ("whole answers left", LeaveWholeAsync),
                8 => ("several answers with a stop text", (Func<Random, Task<string?>>)StopAsync),
                9 => ("prompts scored", ScoreAsync),
                10 => ("chats", ChatAsync),
                _ => ("refusals", RefuseAsync),
            };
            try
            {
                if (await call(random) is { } fault)
                {
                    Tell($"{name}: {fault}");
                }
            }
            catch (Exception fault)
            {
                Tell($"{name}: {fault}");
            }

            _counts.AddOrUpdate(name, 1, static (_, count) => count + 1);
        }
    }

    private void Tell(string fault)
    {
        if (Faults.Count < 20)
        {
            Faults.Enqueue(fault);
        }
    }

    // A beginning that others have too, then a rest of its own; short or long.
    private static string Prompt(Random random, int tokens)
    {
        int common = random.Next(4);
        IEnumerable<int> ids = Enumerable.Range(0, tokens / 2).Select(i => 400 + (((i * 7) + (common * 100)) % 900))
            .Concat(Enumerable.Range(0, (tokens / 2) + 1).Select(_ => random.Next(400, 1300)));
        return $"\"prompt\":[{string.Join(',', ids)}]";
    }

    private static string Fields(Random random, int most = 120)
    {
        int prompt = random.Next(5) == 0 ? random.Next(300, 900) : random.Next(1, 60);
        string temperature = (random.Next(3) / 2.0).ToString(CultureInfo.InvariantCulture);
        return $"{Prompt(random, prompt)},\"max_tokens\":{random.Next(1, most)},\"temperature\":{temperature},\"ignore_eos\":true";
    }

    private async Task<string?> StreamAsync(Random random)
    {
        LanguageStream stream = await server.StreamAsync("completions", Fields(random));
        return stream.IsDone && stream.Finish() == "length" ? null : $"done {stream.IsDone}, {stream.Chunks.LastOrDefault()}";
    }

    private async Task<string?> WholeAsync(Random random)
    {
        JsonElement answer = await server.AnswerAsync("completions", Fields(random));
        return answer.Text("choices.0.finish_reason") == "length" ? null : answer.ToString();
    }

    private async Task<string?> ChatAsync(Random random)
    {
        JsonElement answer = await server.AnswerAsync(
            "chat/completions", $"\"messages\":[{{\"role\":\"user\",\"content\":\"Say {random.Next(1000)}.\"}}],\"max_tokens\":{random.Next(1, 60)}");
        return answer.Text("choices.0.finish_reason") is "stop" or "length" ? null : answer.ToString();
    }

    private async Task<string?> StopAsync(Random random)
    {
        JsonElement answer = await server.AnswerAsync("completions", $"{Fields(random)},\"n\":3,\"seed\":{random.Next()},\"stop\":[\"e\",\"\\n\"]");
        return answer.At("choices").GetArrayLength() == 3 ? null : answer.ToString();
    }

    private async Task<string?> ScoreAsync(Random random)
    {
        JsonElement answer = await server.AnswerAsync("completions", $"{Prompt(random, 100)},\"echo\":true,\"logprobs\":1,\"max_tokens\":0");
        int tokens = answer.At("usage.prompt_tokens").GetInt32();
        return answer.At("choices.0.logprobs.tokens").GetArrayLength() == tokens ? null : answer.ToString();
    }

    private async Task<string?> LeaveStreamAsync(Random random)
    {
        using HttpResponseMessage answer = await server.SendAsync("completions", $"\"stream\":true,{Fields(random, 400)}");
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        int left = random.Next(1, 20);
        await foreach (SseItem<string> _ in LanguageServer.EventsAsync(body))
        {
            if (--left == 0)
            {
                break;
            }
        }

        return answer.IsSuccessStatusCode ? null : $"{(int)answer.StatusCode}";
    }

    private async Task<string?> LeaveWholeAsync(Random random)
    {
        using CancellationTokenSource leave = new(random.Next(1, 500));
        try
        {
            using HttpResponseMessage answer = await server.SendAsync("completions", Fields(random, 400), leave.Token);
            return answer.IsSuccessStatusCode ? null : $"{(int)answer.StatusCode}";
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<string?> RefuseAsync(Random random)
    {
        string fields = random.Next(2) == 0 ? "\"prompt\":\"x\",\"temperature\":9" : "\"prompt\":[-1]";
        (int status, string error) = await server.RefusalAsync("completions", fields);
        return status == 400 ? null : $"{status} {error}";
    }
}
