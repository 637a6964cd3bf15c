using System.Globalization;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests;

/// <summary>What /metrics tells of a language model's engine, against the tokens that were sent and came.</summary>
public sealed partial class LanguageStepMetricsTests
{
    private const int Block = 32;
    private const string Model = $"name=\"{LanguageServer.Small}\"";
    private const string Version = "version=\"1\"";

    [Test]
    public async Task EveryTokenAndBlock_IsCountedWhereItBelongs()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.SmallFolder);
        int blocks = int.Parse(BlocksPattern().Match(server.Server.Process.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        Exposition fresh = await Scrape.NowAsync(server.Server);
        await Assert.That(Blocks(fresh)).IsEqualTo((blocks, 0, 0));
        foreach (string histogram in (string[])["queue", "ttft", "inter_token", "template"])
        {
            await Assert.That(fresh[Of($"{histogram}_seconds_count")]).IsEqualTo(0).Because(histogram);
        }

        // Alone: one prompt, and a step for each further token. All full blocks of prompt and answer are kept.
        const int Prompt = 200;
        const int Answer = 8;
        string fields = $"\"prompt\":[{string.Join(',', Enumerable.Range(300, Prompt))}],\"max_tokens\":{Answer},"
            + "\"ignore_eos\":true,\"temperature\":0";
        await server.AnswerAsync("completions", fields);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
        Exposition alone = await Scrape.NowAsync(server.Server);
        await Assert.That(alone[Of("prompt_tokens_total")]).IsEqualTo(Prompt);
        await Assert.That(alone[Of("completion_tokens_total")]).IsEqualTo(Answer);
        await Assert.That(alone[Of("cached_tokens_total")]).IsEqualTo(0);
        await Assert.That(alone[Of("queue_seconds_count")]).IsEqualTo(1);
        await Assert.That(alone[Of("ttft_seconds_count")]).IsEqualTo(1);
        await Assert.That(alone[Of("inter_token_seconds_count")]).IsEqualTo(Answer - 1);
        await Assert.That(alone[Steps("decode")]).IsEqualTo(Answer - 1);
        await Assert.That(alone[Steps("prompt")]).IsGreaterThanOrEqualTo(1);
        await Assert.That(alone[Steps("mixed")]).IsEqualTo(0);
        const int Kept = (Prompt + Answer - 1) / Block;
        await Assert.That(Blocks(alone)).IsEqualTo((blocks - Kept, Kept, 0));

        // A time to the first token holds the prompt's steps, and all of them are seconds.
        double first = alone[Of("ttft_seconds_sum")];
        await Assert.That(first).IsGreaterThanOrEqualTo(alone[$"ovms_generation_step_seconds_sum{{kind=\"prompt\",{Model},{Version}}}"]);
        await Assert.That(first).IsBetween(1e-6, OvmsProcess.Patience.TotalSeconds);

        // Again: the beginning of the prompt is there, in as many tokens as the answer's usage tells.
        double cached = (await server.AnswerAsync("completions", fields)).At("usage.prompt_tokens_details.cached_tokens").GetDouble();
        await Assert.That(cached).IsGreaterThan(0);
        await Assert.That(await server.MetricAsync("cached_tokens_total")).IsEqualTo(cached);

        await server.AnswerAsync("chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":1");
        await Assert.That(await server.MetricAsync("template_seconds_count")).IsEqualTo(1);
        await Assert.That(await server.MetricAsync("failed_steps_total")).IsEqualTo(0);
        await Assert.That(await server.MetricAsync("engine_restarts_total")).IsEqualTo(0);
    }

    [Test]
    public async Task AnswersTogether_ShowInTheLatestStep()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.SmallFolder);
        const int Answers = 5;
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage> answer = server.SendAsync(
            "completions", $"\"prompt\":\"The\",\"max_tokens\":2000,\"ignore_eos\":true,\"temperature\":1,\"n\":{Answers}", leave.Token);

        // A step computes one token of each.
        await server.UntilAsync("batch_sequences", "", static count => count == Answers);
        await server.UntilAsync("batch_tokens", "", static count => count == Answers);

        // A prompt that comes meanwhile is computed beside them.
        await server.AnswerAsync("completions", $"\"prompt\":[{string.Join(',', Enumerable.Range(300, 100))}],\"max_tokens\":1");
        Exposition mixed = await Scrape.NowAsync(server.Server);
        await Assert.That(answer.IsCompleted).IsFalse();
        await Assert.That(mixed[Steps("mixed")]).IsGreaterThanOrEqualTo(1);
        await leave.CancelAsync();
        await Assert.That(async () => await answer).Throws<OperationCanceledException>();
    }

    private static (int Free, int Cached, int Used) Blocks(Exposition read) =>
        (Blocks(read, "free"), Blocks(read, "cached"), Blocks(read, "used"));

    private static int Blocks(Exposition read, string state) =>
        (int)read[$"ovms_generation_kv_blocks{{{Model},state=\"{state}\",{Version}}}"];

    private static string Steps(string kind) => $"ovms_generation_step_seconds_count{{kind=\"{kind}\",{Model},{Version}}}";

    private static string Of(string name) => $"ovms_generation_{name}{{{Model},{Version}}}";

    [GeneratedRegex(@"(\d+) blocks of 32 = ")]
    private static partial Regex BlocksPattern();
}
