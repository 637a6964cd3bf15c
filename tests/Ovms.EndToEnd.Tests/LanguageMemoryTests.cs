using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A KV cache that is smaller than what its callers want together, and than the model's length.</summary>
public sealed partial class LanguageMemoryTests
{
    private const float Rounding = 1e-3f;

    // The option's smallest value would be room for 20,000 tokens, so the process is given little memory instead (56 MiB, in hexadecimal).
    private static readonly Dictionary<string, string?> s_littleMemory = new() { ["DOTNET_GCHeapHardLimit"] = "3800000" };

    private static readonly Lazy<Task<LanguageServer>> s_server = new(static async () =>
    {
        string folder = LanguageServer.TrainedFolder;
        OvmsServer server = await OvmsServer.StartOnAsync(
            "Ready after", s_littleMemory, "--model_path", folder, "--plugin_config", LanguageServer.Exact, "--metrics_enable");
        return new LanguageServer(server, Path.GetFileName(folder));
    });

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    [NotInParallel(nameof(LanguageMemoryTests))]
    public async Task AnswersTogetherLargerThanTheCache_AreThoseThatEachGetsAlone()
    {
        LanguageServer server = await s_server.Value;
        int tokens = TokensOf(server);
        int each = tokens * 3 / 5;
        string[] fields = [.. ((string[])["A story of the sea:", "How to bake bread:"]).Select(prompt =>
            $"\"prompt\":\"{prompt}\",\"max_tokens\":{each},\"ignore_eos\":true,\"temperature\":0,"
            + "\"return_token_ids\":true,\"logprobs\":2")];
        JsonElement[] alone = new JsonElement[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            alone[i] = await server.AnswerAsync("completions", fields[i]);
        }

        long before = ProcessFacts.Resident(server.Server.Process.Id);
        JsonElement[] together = await Task.WhenAll(fields.Select(field => server.AnswerAsync("completions", field)));
        await Assert.That(await server.MetricAsync("preemptions_total")).IsGreaterThan(0);
        for (int i = 0; i < fields.Length; i++)
        {
            // Nobody's answer is cut short in silence.
            await Assert.That(together[i].Text("choices.0.finish_reason")).IsEqualTo("length");
            await Assert.That(together[i].At("usage.completion_tokens").GetInt32()).IsEqualTo(each);
            int[] ids = together[i].Ids("choices.0.token_ids");
            int[] expected = alone[i].Ids("choices.0.token_ids");
            int same = ids.Zip(expected).TakeWhile(static pair => pair.First == pair.Second).Count();
            await Assert.That(same).IsGreaterThan(32);
            if (same < expected.Length)
            {
                // Only where the two best tokens are as good as equal may company decide between them.
                await Assert.That(MarginOf(alone[i], same)).IsLessThan(Rounding).Because($"token {same} of {expected.Length} differs");
            }
        }

        await Assert.That(ProcessFacts.Resident(server.Server.Process.Id) - before).IsLessThan(200);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
    }

    [Test]
    [NotInParallel(nameof(LanguageMemoryTests))]
    public async Task AnswerWithoutALimit_EndsWithLengthWhereTheCacheEnds()
    {
        LanguageServer server = await s_server.Value;
        int tokens = TokensOf(server);
        LanguageStream[] streams = await Task.WhenAll(Enumerable.Range(0, 2).Select(number => server.StreamAsync(
            "completions", $"\"prompt\":\"Count from {number}:\",\"ignore_eos\":true,\"stream_options\":{{\"include_usage\":true}}")));
        foreach (LanguageStream stream in streams)
        {
            await Assert.That(stream.IsDone).IsTrue();
            await Assert.That(stream.Finish()).IsEqualTo("length");
            await Assert.That(stream.Chunks[^1].At("usage.total_tokens").GetInt32()).IsEqualTo(tokens);
        }

        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
    }

    [Test]
    [NotInParallel(nameof(LanguageMemoryTests))]
    public async Task PromptLargerThanTheCache_IsToldSo()
    {
        LanguageServer server = await s_server.Value;
        int tokens = TokensOf(server);
        string prompt = string.Join(',', Enumerable.Repeat(300, tokens + 1));
        foreach (string fields in (string[])[$"\"prompt\":[{prompt}]", $"\"prompt\":\"The\",\"max_tokens\":{tokens}"])
        {
            (int status, string error) = await server.RefusalAsync("completions", fields);
            await Assert.That(status).IsEqualTo(400);
            await Assert.That(error).Contains($"exceeds model max length: {tokens}");
            await Assert.That(error).Contains("cache_size");
        }

        await server.AnswerAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1");
    }

    // How much better the best token of a place is than the next one.
    private static float MarginOf(JsonElement answer, int token)
    {
        JsonElement.ObjectEnumerator two = answer.At($"choices.0.logprobs.top_logprobs.{token}").EnumerateObject();
        float[] best = [.. two.Select(static one => one.Value.GetSingle()).OrderDescending()];
        return best[0] - best[1];
    }

    // What the line of the load says.
    private static int TokensOf(LanguageServer server)
    {
        int tokens = int.Parse(TokensPattern().Match(server.Server.Process.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        return tokens is > 200 and < 8000 ? tokens : throw new InvalidOperationException($"The KV cache holds {tokens} tokens.");
    }

    [GeneratedRegex(@"blocks of \d+ = (\d+) tokens")]
    private static partial Regex TokensPattern();
}
