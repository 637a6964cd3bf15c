using System.Text.Json;
using Ovms.Bench.Language;

namespace Ovms.Tests.Bench.Language;

public sealed class TextReportTests
{
    [Test]
    public async Task Json_ComparesEveryWayWithRawOfTheSameCallers()
    {
        using JsonDocument json = JsonDocument.Parse(Report().ToJson());
        await Assert.That(json.RootElement.GetProperty("lane").GetString()).IsEqualTo("stateful");
        JsonElement row = json.RootElement.GetProperty("rows")[3];
        await Assert.That(row.GetProperty("concurrency").GetInt32()).IsEqualTo(4);
        await Assert.That(row.GetProperty("way").GetString()).IsEqualTo("greedy");
        await Assert.That(row.GetProperty("tokens_per_second").GetDouble()).IsEqualTo(300);
        await Assert.That(row.GetProperty("share_of_raw").GetDouble()).IsEqualTo(0.75);
        await Assert.That(row.GetProperty("first_p50_us").GetDouble()).IsBetween(49_000, 51_000);
        await Assert.That(row.GetProperty("between_p99_us").GetDouble()).IsBetween(9_800, 10_200);
        await Assert.That(row.GetProperty("cpu_seconds_per_token").GetDouble()).IsEqualTo(0.002);
        await Assert.That(row.GetProperty("allocated_bytes_per_token").GetDouble()).IsEqualTo(900);
    }

    [Test]
    public async Task Table_HasALineForEveryRow_AllOfOneWidth()
    {
        string[] lines = Report().ToTable().Split("\n\n")[1].TrimEnd().Split('\n');
        await Assert.That(lines.Length).IsEqualTo(5);
        await Assert.That(lines.Select(static line => line.Length).Distinct().Count()).IsEqualTo(1);
    }

    [Test]
    public async Task VerdictAndWarning_AreInBothForms()
    {
        await Assert.That(Report().ToTable()).Contains("\nVerdict: With 4 callers, greedy streams reach 75.0 % of the model's bare steps:")
            .And.Contains("\nWarning: the rounds differ by more than 15 %: greedy with 4 40 %.");
        using JsonDocument json = JsonDocument.Parse(Report().ToJson());
        await Assert.That(json.RootElement.GetProperty("verdict").GetString()).Contains("75.0 %");
        await Assert.That(json.RootElement.GetProperty("warnings").GetArrayLength()).IsEqualTo(1);
    }

    private static TextReport Report() => new(
        "model", "CPU", "stateful", "versions", 64, 64, 2,
        [Row("raw", 1, 100), Row("greedy", 1, 90), Row("raw", 4, 400), Row("greedy", 4, 300)]);

    private static TextRow Row(string way, int callers, int tokens)
    {
        TextRow row = new(way, callers)
        {
            Tokens = tokens,
            Elapsed = TimeSpan.FromSeconds(1),
            ProcessorTime = TimeSpan.FromSeconds(0.002 * tokens),
        };
        row.AllocatedInRounds.AddRange([50_000, 900, 800]);
        row.RatesInRounds.AddRange(tokens == 300 ? [200, 300, 320] : [tokens, tokens, tokens]);
        row.First.Add(TimeSpan.FromMilliseconds(50));
        row.Between.Add(TimeSpan.FromMilliseconds(10));
        return row;
    }
}
