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

        // No call makes anything of the size of its message; a call's own objects are counted.
        await Assert.That(rows[1].GetProperty("allocated_bytes_per_call").GetDouble()).IsGreaterThan(0);
    }

    [Test]
    public async Task ModelThatCannotBeLoaded_EndsWithOne()
    {
        await using OvmsProcess bench = OvmsProcess.Start(["bench", "--model_path", "/nowhere/at/all"]);
        await Assert.That(await bench.WaitForExitAsync()).IsEqualTo(1);
        await Assert.That(bench.Errors).Contains("The provided base path is invalid or doesn't exists");
    }
}
