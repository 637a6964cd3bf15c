using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Generation;
using Ovms.Generation.Scheduling;
using Ovms.Generation.Steps;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Generation.Scheduling;
using Ovms.Tests.Observability;

namespace Ovms.Tests.Generation;

/// <summary>Each count of an engine in the family that is named after it: no two of the numbers are equal.</summary>
public sealed class GenerationMetricsTests
{
    private const string Prefix = "ovms_generation_";

    [Test]
    public async Task EachCount_IsInItsFamily()
    {
        using ServerMetrics metrics = new(MetricSelection.Default);
        await using GenerationEngine engine = new(
            new FakeModel(new StepCapacity(32, 8, 0, 4, EngineRig.Vocabulary)),
            new EngineSettings(),
            new EngineClock(),
            NullLogger.Instance);
        LanguageModel model = new()
        {
            Engine = engine,
            Tokenizer = null!,
            Chat = Outcome.Fail(StatusCode.InvalidTextRequest),
            Settings = null!,
            Facts = null!,
            Longest = 1,
            Vocabulary = 1,
            Reservation = null,
            AnswerTime = null,
        };
        // Its thread also writes what it holds: it must not do so after the test.
        await engine.StopAsync(CancellationToken.None);
        Count(engine.Counts);
        for (int i = 0; i < 24; i++)
        {
            model.TemplateTime.Add(Stopwatch.Frequency);
        }

        ServableRegistry registry = new(new Drain());
        metrics.Models.Follow([("m", [1])]);
        Servable servable = new(new ServableId("m", 1), new LoadedModel(new Signature([], []), model, compiled: null));
        registry.Publish(new ServableTable([new ModelEntry("m", [new VersionEntry(1, ServableState.Available, servable)])]));
        GenerationMetrics.AddTo(metrics, registry);
        Exposition read = Exposition.Parse(PrometheusTextTests.Write(metrics.Sources));

        Dictionary<string, double> counts = read.All
            .Where(static sample => sample.Name.StartsWith(Prefix, StringComparison.Ordinal) && !sample.Labels.ContainsKey("le"))
            .ToDictionary(static sample => sample.Series("name", "version")[Prefix.Length..], static sample => sample.Value);
        await Assert.That(counts).IsEquivalentTo(new Dictionary<string, double>
        {
            ["requests{state=\"running\"}"] = 1,
            ["requests{state=\"waiting\"}"] = 2,
            ["kv_blocks{state=\"free\"}"] = 3,
            ["kv_blocks{state=\"cached\"}"] = 4,
            ["kv_blocks{state=\"used\"}"] = 5,
            ["batch_tokens{}"] = 6,
            ["batch_sequences{}"] = 7,
            ["cached_tokens_total{}"] = 8,
            ["preemptions_total{}"] = 9,
            ["cancelled_total{}"] = 10,
            ["failed_steps_total{}"] = 11,
            ["engine_restarts_total{}"] = 12,
            ["prompt_tokens_total{}"] = 13 * 100,
            ["completion_tokens_total{}"] = 14 + 15,
            ["queue_seconds_count{}"] = 13,
            ["queue_seconds_sum{}"] = 13,
            ["ttft_seconds_count{}"] = 14,
            ["ttft_seconds_sum{}"] = 14,
            ["inter_token_seconds_count{}"] = 15,
            ["inter_token_seconds_sum{}"] = 15,
            ["step_seconds_count{kind=\"decode\"}"] = 21,
            ["step_seconds_sum{kind=\"decode\"}"] = 21,
            ["step_seconds_count{kind=\"prompt\"}"] = 22,
            ["step_seconds_sum{kind=\"prompt\"}"] = 22,
            ["step_seconds_count{kind=\"mixed\"}"] = 23,
            ["step_seconds_sum{kind=\"mixed\"}"] = 23,
            ["template_seconds_count{}"] = 24,
            ["template_seconds_sum{}"] = 24,
        });
    }

    // Each duration is a second.
    private static void Count(EngineCounts counts)
    {
        counts.Observe(new EngineSnapshot(
            Running: 1, Waiting: 2, FreeBlocks: 3, KeptBlocks: 4, OwnedBlocks: 5, StateRows: 8, StepTokens: 6, StepSequences: 7));
        counts.Cached(8);
        Repeat(9, counts.Preempted);
        Repeat(10, counts.Cancelled);
        Repeat(11, counts.StepFailed);
        Repeat(12, counts.Restarted);
        Repeat(13, () => counts.Started(promptTokens: 100, waited: TimeSpan.TicksPerSecond));
        Repeat(14, () => counts.Generated(isFirst: true, TimeSpan.TicksPerSecond));
        Repeat(15, () => counts.Generated(isFirst: false, TimeSpan.TicksPerSecond));
        Repeat(21, () => counts.Stepped(promptTokens: 0, decodes: 1, TimeSpan.TicksPerSecond));
        Repeat(22, () => counts.Stepped(promptTokens: 1, decodes: 0, TimeSpan.TicksPerSecond));
        Repeat(23, () => counts.Stepped(promptTokens: 1, decodes: 1, TimeSpan.TicksPerSecond));
    }

    private static void Repeat(int times, Action count)
    {
        for (int i = 0; i < times; i++)
        {
            count();
        }
    }
}
