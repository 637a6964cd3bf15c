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

    private static BenchReport Report() => new(
        "model", "CPU", "x FP32 (1)", "versions", 1, 2,
        [Row("raw", 1, 1000, 1), Row("gRPC", 1, 500, 2), Row("raw", 4, 200, 2), Row("gRPC", 4, 50, 5)]);

    private static BenchRow Row(string way, int concurrency, int calls, int milliseconds)
    {
        BenchRow row = new(way, concurrency) { Elapsed = TimeSpan.FromSeconds(1), ProcessorTime = TimeSpan.FromSeconds(0.01 * calls) };
        row.AllocatedInRounds.AddRange([50_000, 1000, 900]);
        for (int i = 0; i < calls; i++)
        {
            row.Latency.Add(TimeSpan.FromMilliseconds(milliseconds));
        }

        return row;
    }
}
