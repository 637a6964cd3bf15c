using Ovms.Graphs.Calculators.Flow;
using Ovms.Graphs.Scheduling;
using Ovms.Tests.Graphs.Scheduling;

namespace Ovms.Tests.Graphs.Calculators.Flow;

/// <summary>Packets at another rate, on a grid or with jitter. A period is 10 here.</summary>
public sealed class ResamplerTests
{
    private const int Period = 10;
    private const int Last = 20_000;
    private static readonly PacketResamplerOptions s_grid = new() { FrameRate = 1e6 / Period };

    // The one nearest to the middle of each period; the latest one where there is none.
    [Test]
    [Arguments("a@100=1 a@104=2 a@131=3", "o@100=1 o@110=2 o@120=2 o@130=3")]
    [Arguments("a@100=1 a@107=2 a@111=3 a@120=4", "o@100=1 o@110=3 o@120=4")]
    [Arguments("a@100=1 a@107=2 a@114=3", "o@100=1 o@110=2")]
    [Arguments("a@100=1 a@108=2", "o@100=1 o@110=2")]
    public async Task Grid_TakesTheNearest(string packets, string expected)
    {
        TestGraph graph = FlowGraph.One("PacketResamplerCalculator", "a", "o", s_grid);
        await Assert.That((await graph.RunAsync(packets)).Text).IsEqualTo("OK");
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    [Arguments(false, false, "o@110=2 o@120=3")]
    [Arguments(true, false, "o@110=2 o@120=3 o@130=4")]
    [Arguments(false, true, "o@100=1 o@110=2 o@120=3 o@130=4")]
    public async Task Limits_MayBeRounded(bool roundsEnd, bool rounds, string expected)
    {
        PacketResamplerOptions options = s_grid with { StartTime = 104, EndTime = roundsEnd ? 131 : 128, RoundLimits = rounds };
        TestGraph graph = FlowGraph.One("PacketResamplerCalculator", "a", "o", options);
        await Assert.That((await graph.RunAsync("a@100=1 a@110=2 a@120=3 a@130=4 a@140=5")).Text).IsEqualTo("OK");
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    public async Task NoFlush_LeavesTheLastPeriodOut()
    {
        TestGraph graph = FlowGraph.One("PacketResamplerCalculator", "a", "o", s_grid with { FlushLastPacket = false });
        await Assert.That((await graph.RunAsync("a@100=1 a@108=2")).Text).IsEqualTo("OK");
        await Assert.That(graph.Seen).IsEqualTo("o@100=1");
    }

    [Test]
    public async Task Jitter_IsThatOfItsSeed()
    {
        PacketResamplerOptions options = s_grid with { Jitter = 0.4 };
        (long Time, int Value)[] one = await JitterAsync(options, "one");
        await Assert.That((await JitterAsync(options, "one")).SequenceEqual(one)).IsTrue();
        await Assert.That((await JitterAsync(options, "two")).SequenceEqual(one)).IsFalse();
        await Assert.That(one[0].Time).IsBetween(0, Period - 1);
        await Assert.That(one.Zip(one.Skip(1)).All(static pair => pair.Second.Time - pair.First.Time is >= 6 and <= 14)).IsTrue();
        await Assert.That(one.Zip(one.Skip(1)).Select(static pair => pair.Second.Time - pair.First.Time).Distinct().Count()).IsGreaterThan(5);
        await Assert.That((double)one.Length).IsBetween(Last / (Period * 1.1), Last / (Period * 0.9));

        // The nearest of the packets, which come every 3.
        await Assert.That(one.All(static packet => Math.Abs(packet.Time - packet.Value) <= 2)).IsTrue();
    }

    [Test]
    public async Task JitterWithReflection_KeepsEachPacketInItsPeriod()
    {
        (long Time, int Value)[] seen = await JitterAsync(s_grid with { Jitter = 1, JitterWithReflection = true }, "seed");
        await Assert.That(seen.Select(static packet => packet.Time / Period).SequenceEqual(Enumerable.Range(0, seen.Length).Select(static period => (long)period))).IsTrue();
        await Assert.That(seen.Length).IsEqualTo(Last / Period);
        await Assert.That(seen.Select(static packet => packet.Time % Period).Distinct().Count()).IsEqualTo(Period);
    }

    [Test]
    public async Task StreamThatEndsBeforeTheFirstTime_StillHasAPacket()
    {
        TestGraph graph = Jittered(new PacketResamplerOptions { FrameRate = 1, Jitter = 0.1 });
        await Assert.That((await graph.RunAsync("a@100=1 a@101=2", "seed")).Text).IsEqualTo("OK");
        await Assert.That(graph.Seen is "o@100=1" or "o@101=2").IsTrue().Because(graph.Seen);
    }

    [Test]
    public async Task Jitter_ReleasesEveryPacketOnce()
    {
        CountedValue[] values = [.. Enumerable.Range(0, 200).Select(static _ => new CountedValue())];
        TestGraph graph = Jittered(s_grid with { Jitter = 0.5, JitterWithReflection = true, StartTime = 100, EndTime = 400 });
        await graph.StartAsync(default, "seed");
        for (int i = 0; i < values.Length; i++)
        {
            await graph.AddAsync("a", i * 3, values[i]);
        }

        await Assert.That((await graph.EndAsync()).Text).IsEqualTo("OK");
        await Assert.That(values.All(static value => value.Releases == 1)).IsTrue();
    }

    [Test]
    [Arguments(1.5, false, "jitter is 1.5; expected: 0 to 1")]
    [Arguments(0.5, true, "reproducible_sampling with jitter")]
    public async Task WrongJitter_IsSaid(double jitter, bool reproducible, string says)
    {
        NodePorts ports = new([new PortName("", 0)], [new PortName("", 0)], [new PortName("SEED", 0)], []);
        PacketResamplerOptions options = s_grid with { Jitter = jitter, ReproducibleSampling = reproducible };
        await Assert.That(FlowGraph.Bind("PacketResamplerCalculator", ports, options).Text).Contains(says);
        NodePorts without = ports with { InputSides = [] };
        await Assert.That(FlowGraph.Bind("PacketResamplerCalculator", without, s_grid with { Jitter = 0.5 }).Text).Contains("SEED");
    }

    private static TestGraph Jittered(PacketResamplerOptions options) =>
        FlowGraph.One("PacketResamplerCalculator", "a", "o", options, sides: "SEED:seed");

    // Packets whose values are their times, every 3.
    private static async Task<(long Time, int Value)[]> JitterAsync(PacketResamplerOptions options, string seed)
    {
        TestGraph graph = Jittered(options);
        await graph.StartAsync(default, seed);
        for (int time = 0; time <= Last; time += 3)
        {
            await graph.AddAsync("a", time);
        }

        await Assert.That((await graph.EndAsync()).Text).IsEqualTo("OK");
        return [.. graph.Seen.Split(' ').Select(static packet => packet[2..].Split('=')).Select(static parts => (long.Parse(parts[0]), int.Parse(parts[1])))];
    }
}
