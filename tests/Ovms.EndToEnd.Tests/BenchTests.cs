using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

public sealed class BenchTests
{
    [Test]
    public async Task Bench_MeasuresAllWays_AndLeavesNoServerBehind()
    {
        await using OvmsProcess bench = OvmsProcess.Start(["bench", "--model_path", Repo.Model("dummy"), "--concurrency", "1,2", "--duration", "1", "--json"]);
        await Assert.That(await bench.WaitForExitAsync()).IsEqualTo(0);
        using JsonDocument report = JsonDocument.Parse(bench.Output);
        JsonElement[] rows = [.. report.RootElement.GetProperty("rows").EnumerateArray()];
        await Assert.That(rows.Select(static row => $"{row.GetProperty("concurrency")} {row.GetProperty("way")}"))
            .IsEquivalentTo(["1 raw", "1 gRPC", "1 REST binary", "1 REST JSON", "2 raw", "2 gRPC", "2 REST binary", "2 REST JSON"]);
        foreach (JsonElement row in rows)
        {
            await Assert.That(row.GetProperty("calls").GetInt64()).IsGreaterThan(0);
            await Assert.That(row.GetProperty("p99_us").GetDouble()).IsGreaterThanOrEqualTo(row.GetProperty("p50_us").GetDouble());
            await Assert.That(row.GetProperty("cpu_seconds_per_call").GetDouble()).IsGreaterThan(0);
            await Assert.That(row.GetProperty("share_of_raw").GetDouble()).IsGreaterThan(0);
        }

        // No call makes anything of the size of its message. The counter moves in steps of kilobytes, so that a second may show none.
        foreach (JsonElement row in rows.Where(static row => row.GetProperty("way").GetString() != "raw"))
        {
            await Assert.That(row.GetProperty("allocated_bytes_per_call").GetDouble()).IsBetween(0, 4096);
        }
    }

    [Test]
    public async Task LanguageModel_IsMeasuredAloneAndStreamed()
    {
        await using OvmsProcess bench = OvmsProcess.Start(
            ["bench", "--task", "text_generation", "--model_path", LanguageServer.SmallFolder, "--concurrency", "1,3", "--duration", "1",
                "--prompt_tokens", "40", "--output_tokens", "8", "--json"]);
        await Assert.That(await bench.WaitForExitAsync()).IsEqualTo(0).Because(bench.Errors);
        using JsonDocument report = JsonDocument.Parse(bench.Output);
        await Assert.That(report.RootElement.GetProperty("lane").GetString()).StartsWith(Wine.IsAvailable ? "stateful" : "paged attention");
        JsonElement[] rows = [.. report.RootElement.GetProperty("rows").EnumerateArray()];
        await Assert.That(rows.Select(static row => $"{row.GetProperty("concurrency")} {row.GetProperty("way")}"))
            .IsEquivalentTo(["1 raw", "1 greedy", "1 sampled", "3 raw", "3 greedy", "3 sampled"]);
        foreach (JsonElement row in rows)
        {
            long tokens = row.GetProperty("tokens").GetInt64();
            await Assert.That(tokens).IsGreaterThan(0);
            await Assert.That(tokens % (8 * row.GetProperty("concurrency").GetInt64())).IsEqualTo(0);
            await Assert.That(row.GetProperty("first_p50_us").GetDouble()).IsGreaterThan(0);
            await Assert.That(row.GetProperty("between_p99_us").GetDouble()).IsGreaterThan(0);
            await Assert.That(row.GetProperty("cpu_seconds_per_token").GetDouble()).IsGreaterThan(0);
        }

        await Assert.That(rows[1].GetProperty("allocated_bytes_per_token").GetDouble()).IsGreaterThan(0);
    }

    [Test]
    [Arguments("--max_num_seqs", "2", "3 callers were asked for; the model computes 2 sequences at a time (max_num_seqs)")]
    [Arguments("--pipeline_type", "VLM", "pipeline_type: VLM takes images or speech")]
    public async Task LanguageModelThatCannotBeMeasuredSo_IsRefused(string option, string value, string reason)
    {
        await using OvmsProcess bench = OvmsProcess.Start(
            ["bench", "--model_path", LanguageServer.SmallFolder, "--concurrency", "3", "--duration", "1", option, value]);
        await Assert.That(await bench.WaitForExitAsync()).IsNotEqualTo(0);
        await Assert.That(bench.Errors).Contains(reason);
    }

    [Test]
    public async Task ModelThatCannotBeLoaded_EndsWithOne()
    {
        await using OvmsProcess bench = OvmsProcess.Start(["bench", "--model_path", "/nowhere/at/all"]);
        await Assert.That(await bench.WaitForExitAsync()).IsEqualTo(1);
        await Assert.That(bench.Errors).Contains("The provided base path is invalid or doesn't exists");
    }
}
