using System.Text.Json;
using Ovms.Bench;

namespace Ovms.Tests.Bench;

public sealed class BenchReportTests
{
    [Test]
    public async Task Json_ComparesEveryWayWithRawOfTheSameCallers()
    {
        using JsonDocument json = JsonDocument.Parse(Report().ToJson());
        JsonElement rows = json.RootElement.GetProperty("rows");
        JsonElement grpc = rows[3];
        await Assert.That(grpc.GetProperty("concurrency").GetInt32()).IsEqualTo(4);
        await Assert.That(grpc.GetProperty("calls_per_second").GetDouble()).IsEqualTo(50);
        await Assert.That(grpc.GetProperty("share_of_raw").GetDouble()).IsEqualTo(0.25);
        await Assert.That(grpc.GetProperty("added_us").GetDouble()).IsBetween(2900, 3100);
        await Assert.That(grpc.GetProperty("cpu_seconds_per_call").GetDouble()).IsEqualTo(0.01);
        await Assert.That(grpc.GetProperty("allocated_bytes_per_call").GetDouble()).IsEqualTo(1000);
    }

    [Test]
    public async Task Table_HasALineForEveryRow_AllOfOneWidth()
    {
        string[] lines = Report().ToTable().Split("\n\n")[1].TrimEnd().Split('\n');
        await Assert.That(lines.Length).IsEqualTo(5);
        await Assert.That(lines.Select(static line => line.Length).Distinct().Count()).IsEqualTo(1);
    }

    [Test]
    public async Task VerdictAndWarnings_AreInBothForms()
    {
        await Assert.That(Report().ToTable()).Contains("\nVerdict: With 4 callers, gRPC reaches 25.0 % of the engine alone")
            .And.Contains("\nWarning: the rounds differ by more than 15 %: gRPC with 4 100 %.");
        using JsonDocument json = JsonDocument.Parse(Report().ToJson());
        await Assert.That(json.RootElement.GetProperty("verdict").GetString()).Contains("25.0 %");
        await Assert.That(json.RootElement.GetProperty("warnings").GetArrayLength()).IsEqualTo(1);
        await Assert.That(json.RootElement.GetProperty("rows")[3].GetProperty("spread").GetDouble()).IsEqualTo(1);
    }

    [Test]
    public async Task WithoutEngineAndCosts_TheirColumnsAreAbsent_AndNullInJson()
    {
        BenchRow row = new("gRPC", 4) { Elapsed = TimeSpan.FromSeconds(1) };
        row.Latency.Add(TimeSpan.FromMilliseconds(1));
        BenchReport report = new("m", "grpc://h:1", "x FP32 (1)", "versions", null, 2, [row]);
        await Assert.That(report.ToTable()).DoesNotContain("of raw").And.DoesNotContain("bytes/call");
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        JsonElement one = json.RootElement.GetProperty("rows")[0];
        foreach (string name in new[] { "share_of_raw", "added_us", "cpu_seconds_per_call", "allocated_bytes_per_call" })
        {
            await Assert.That(one.GetProperty(name).ValueKind).IsEqualTo(JsonValueKind.Null);
        }
    }

    private static BenchReport Report() => new(
        "model", "CPU", "x FP32 (1)", "versions", 1, 2,
        [Row("raw", 1, 1000, 1), Row("gRPC", 1, 500, 2), Row("raw", 4, 200, 2), Row("gRPC", 4, 50, 5)]);

    private static BenchRow Row(string way, int concurrency, int calls, int milliseconds)
    {
        BenchRow row = new(way, concurrency) { Elapsed = TimeSpan.FromSeconds(1), ProcessorTime = TimeSpan.FromSeconds(0.01 * calls) };
        row.AllocatedInRounds.AddRange([50_000, 1000, 900]);
        row.RatesInRounds.AddRange(way == "gRPC" && concurrency == 4 ? [25, 50, 75] : [calls, calls, calls]);
        for (int i = 0; i < calls; i++)
        {
            row.Latency.Add(TimeSpan.FromMilliseconds(milliseconds));
        }

        return row;
    }
}
