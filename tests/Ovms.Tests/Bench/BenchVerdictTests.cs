using Ovms.Bench;
using Ovms.Bench.Measuring;

namespace Ovms.Tests.Bench;

public sealed class BenchVerdictTests
{
    [Test]
    [Arguments(98, 4, 0.5, "98.0 % of the engine alone: the model is the limit")]
    [Arguments(120, 4, 0.5, "the engine was disturbed")]
    [Arguments(60, 4, 1.5, "all 2 CPUs are busy, and 1.5 of them with callers and transport")]
    [Arguments(60, 4, 0.1, "server and callers use 0.6 of 2 CPUs")]
    [Arguments(60, 1, 0.1, "the engine is idle for the")]
    public async Task Limit_IsSaidInWords(int calls, int callers, double ownSeconds, string expected)
    {
        BenchRow[] rows = [Row("raw", callers, 100, 1), Row("gRPC", callers, calls, ownSeconds)];
        await Assert.That(BenchVerdict.Of(rows, 2)).Contains(expected);
    }

    [Test]
    public async Task MostCallersAndTheBestPath_AreJudged_AndASlowPathIsMentioned()
    {
        BenchRow[] rows =
        [
            Row("raw", 1, 100, 1), Row("gRPC", 1, 10, 1), Row("raw", 8, 100, 1), Row("gRPC", 8, 99, 1), Row("REST JSON", 8, 40, 1),
        ];
        string verdict = BenchVerdict.Of(rows, 2);
        await Assert.That(verdict).StartsWith("With 8 callers, gRPC reaches 99.0 % of the engine alone");
        await Assert.That(verdict).EndsWith("REST JSON reaches 40.4 % of gRPC.");
    }

    [Test]
    [Arguments("1:100", "give --model_path")]
    [Arguments("1:100 4:300 8:301", "and 300 with 4 callers: more callers only wait longer")]
    [Arguments("1:100 8:600", "not at its limit yet")]
    public async Task WithoutTheEngine_CallersAreCompared(string figures, string expected)
    {
        BenchRow[] rows = [.. figures.Split(' ').Select(static figure => figure.Split(':')).Select(static figure => Row("gRPC", int.Parse(figure[0]), int.Parse(figure[1]), 1))];
        await Assert.That(BenchVerdict.Of(rows, 2)).Contains(expected);
    }

    [Test]
    public async Task WideSpread_IsWarnedOf_AndANarrowOneIsNot()
    {
        await Assert.That(Spread.Warnings([("gRPC with 4", [100, 101, 99, 105, 100])])).IsEmpty();
        await Assert.That(Spread.Warnings([("gRPC with 4", [100, 101, 99, 117, 100])]).Single()).Contains("gRPC with 4 18 %");
        await Assert.That(Spread.Of([])).IsEqualTo(0);
    }

    [Test]
    public async Task DisturbanceOfOneTurn_DoesNotChangeTheShare()
    {
        // In the last round the engine's turn was disturbed: by the sums the server would be faster than the engine.
        await Assert.That(RoundRatio.Of([90, 90, 90, 90, 90], [100, 100, 100, 100, 5])).IsEqualTo(0.9);
        await Assert.That(RoundRatio.Of([], [])).IsEqualTo(0);
        await Assert.That(RoundRatio.Of([1], [0])).IsEqualTo(0);
    }

    private static BenchRow Row(string way, int callers, int calls, double ownSeconds)
    {
        BenchRow row = new(way, callers)
        {
            Elapsed = TimeSpan.FromSeconds(1), OwnTime = TimeSpan.FromSeconds(way == "raw" ? 0.8 : ownSeconds),
            ProcessorTime = TimeSpan.FromSeconds(way == "raw" ? 0.8 : 0.5),
        };
        row.RatesInRounds.Add(calls);
        for (int i = 0; i < calls; i++)
        {
            row.Latency.Add(TimeSpan.FromMilliseconds(callers * 1000.0 / calls));
        }

        return row;
    }
}
