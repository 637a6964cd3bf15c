using Ovms.Graphs.Calculators.Flow;
using Ovms.Graphs.Packets;
using Ovms.Status;
using Ovms.Tests.Graphs.Scheduling;

namespace Ovms.Tests.Graphs.Calculators.Flow;

/// <summary>Calculators with streams of single values: packets in, packets out.</summary>
public sealed class FlowCalculatorTests
{
    private static readonly GateOptions s_allow = new() { Allow = true };
    private static readonly PacketThinnerOptions s_sync = new() { ThinnerType = ThinnerType.Sync, Period = 10 };

    [Test]
    [Arguments("PassThroughCalculator", "A:a b", "A:c d", "a@1=7 b@1=8 b@2=9", "c@1=7 d@1=8 d@2=9")]
    [Arguments("MergeCalculator", "a b", "o", "a@1=7 b@1=8 b@2=9", "o@1=7 o@2=9")]
    [Arguments("ImmediateMuxCalculator", "a b", "o", "a@5=7 b@3=8 b@6=9", "o@5=7 o@6=9")]
    [Arguments("RoundRobinDemuxCalculator", "INPUT:a", "OUTPUT:x OUTPUT:y SELECT:s", "a@1=7 a@2=8 a@3=9",
        "x@1=7 s@1=0 y@2=8 s@2=1 x@3=9 s@3=0")]
    [Arguments("PacketInnerJoinCalculator", "a b", "x y", "a@1=7 b@2=8 a@3=9 b@3=1", "x@3=9 y@3=1")]
    [Arguments("PacketPresenceCalculator", "PACKET:a", "PRESENCE:p", "a@1", "p@1=True")]
    [Arguments("PacketClonerCalculator", "a TICK:t", "o", "a@1=7 t@1 t@2 a@3=8 t@4", "o@1=7 o@2=7 o@4=8")]
    [Arguments("PacketClonerCalculator", "a t", "o", "t@1 a@2=7 t@3", "o@3=7")]
    [Arguments("SequenceShiftCalculator", "a", "o", "a@1=7 a@2=8 a@3=9", "o@2=7 o@3=8")]
    [Arguments("MuxCalculator", "INPUT:a INPUT:b SELECT:s", "OUTPUT:o", "s@1=1 a@1=7 b@1=8 s@2=0 a@2=9 b@2=5", "o@1=8 o@2=9")]
    [Arguments("MuxCalculator", "SELECT:s INPUT:a INPUT:b", "OUTPUT:o", "s@1=1 a@1=7 b@1=8", "o@1=8")]
    public async Task Packets_ComeOutAsTheyShould(string calculator, string inputs, string outputs, string packets, string expected)
    {
        TestGraph graph = FlowGraph.One(calculator, inputs, outputs);
        await Assert.That((await graph.RunAsync(packets)).Text).IsEqualTo("OK");
        await Assert.That(Sorted(graph.Seen)).IsEqualTo(Sorted(expected));
    }

    [Test]
    [Arguments(1, "o@1=8 o@2=9")]
    [Arguments(-2, "o@3=7")]
    [Arguments(0, "o@1=7 o@2=8 o@3=9")]
    public async Task SequenceShift_MovesValuesAgainstTimes(int offset, string expected)
    {
        TestGraph graph = FlowGraph.One("SequenceShiftCalculator", "a", "o", new SequenceShiftOptions { PacketOffset = offset });
        await Assert.That((await graph.RunAsync("a@1=7 a@2=8 a@3=9")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    public async Task Gate_FollowsItsControl()
    {
        TestGraph allow = FlowGraph.One("GateCalculator", "a ALLOW:c", "o STATE_CHANGE:s");
        await allow.StartAsync();
        foreach ((int time, bool open) in new[] { (1, false), (2, true), (3, true), (4, false) })
        {
            await allow.AddAsync("a", time);
            await allow.AddAsync("c", time, open);
        }

        await allow.AddAsync("a", 5);
        await Assert.That((await allow.EndAsync()).IsOk).IsTrue();
        await Assert.That(Sorted(allow.Seen)).IsEqualTo(Sorted("o@2=2 o@3=3 s@2=True s@4=False"));

        TestGraph options = FlowGraph.One("GateCalculator", "a", "o", s_allow);
        await Assert.That((await options.RunAsync("a@1")).IsOk).IsTrue();
        await Assert.That(options.Seen).IsEqualTo("o@1=1");

        TestGraph side = FlowGraph.One("GateCalculator", "a", "o", null, "DISALLOW:d");
        await Assert.That((await side.RunAsync("a@1", true)).IsOk).IsTrue();
        await Assert.That(side.Seen).IsEqualTo("");
        await Assert.That((await side.RunAsync("a@1", false)).IsOk).IsTrue();
        await Assert.That(side.Seen).IsEqualTo("o@1=1");
        await Assert.That((await side.RunAsync("a@1", "yes")).Detail).Contains("DISALLOW").And.Contains("yes").And.Contains("bool");
    }

    [Test]
    public async Task PacketCloner_WaitsForAllInputsIfAsked()
    {
        TestGraph graph = FlowGraph.One(
            "PacketClonerCalculator", "a b TICK:t", "x y", new PacketClonerOptions { OutputOnlyWhenAllInputsReceived = true });
        await Assert.That((await graph.RunAsync("a@1=7 t@1 b@2=8 t@3")).IsOk).IsTrue();
        await Assert.That(Sorted(graph.Seen)).IsEqualTo("x@3=7 y@3=8");
    }

    [Test]
    public async Task PacketThinner_KeepsPacketsAPeriodApart()
    {
        PacketThinnerOptions options = new() { Period = 10, StartTime = 2, EndTime = 30 };
        TestGraph async = FlowGraph.One("PacketThinnerCalculator", "a", "o", options);
        await Assert.That((await async.RunAsync("a@1 a@2 a@11 a@12 a@25 a@31")).IsOk).IsTrue();
        await Assert.That(async.Seen).IsEqualTo("o@2=2 o@12=12 o@25=25");
        TestGraph sync = FlowGraph.One("PacketThinnerCalculator", "a", "o", s_sync);
        await Assert.That((await sync.RunAsync("a@2 a@8 a@9 a@14 a@22")).IsOk).IsTrue();
        await Assert.That(sync.Seen).IsEqualTo("o@0=2 o@10=9 o@20=22");
    }

    [Test]
    public async Task PacketResampler_FillsAGrid()
    {
        TestGraph graph = FlowGraph.One("PacketResamplerCalculator", "a", "o", new PacketResamplerOptions { FrameRate = 1e5 });
        await Assert.That((await graph.RunAsync("a@100=1 a@104=2 a@131=3")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@100=1 o@110=2 o@120=2 o@130=3");
        await Assert.That((await graph.RunAsync("a@0 a@100000000")).Detail).Contains("repeated");
    }

    [Test]
    public async Task MakePair_JoinsBoth()
    {
        TestGraph graph = FlowGraph.One("MakePairCalculator", "a b", "o");
        await Assert.That((await graph.RunAsync("a@1=7 b@1=8 a@2=9")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=(7, 8)");
    }

    [Test]
    public async Task PreviousLoopback_GivesWhatCameBackTheLastTime()
    {
        TestGraph graph = new TestGraph().In("a").Out("o", "sum")
            .Node("prev", "MAIN:a LOOP:sum", "PREV_LOOP:o", FlowGraph.Of("PreviousLoopbackCalculator"), backEdges: "sum")
            .Node("add", "a o", "sum", static context =>
            {
                int before = context.Input(1).Value is int value ? value : 0;
                context.Emit(0, new Packet((int)context.Input(0).Value! + before, context.Time));
                return Outcome.Ok;
            });
        await Assert.That((await graph.RunAsync("a@1=1 a@2=2 a@5=3")).IsOk).IsTrue();
        await Assert.That(Sorted(graph.Seen)).IsEqualTo(Sorted("sum@1=1 o@2=1 sum@2=3 o@5=3 sum@5=6"));
    }

    [Test]
    [Arguments(1, 0, "o@1=1 o@4=4")]
    [Arguments(1, 1, "o@1=1 o@3=3")]
    [Arguments(2, 0, "o@1=1 o@2=2 o@4=4")]
    public async Task FlowLimiter_LetsPassWhatIsNotUnderway(int inFlight, int inQueue, string expected)
    {
        FlowLimiterOptions options = new() { MaxInFlight = inFlight, MaxInQueue = inQueue };
        TestGraph graph = new TestGraph().In("a", "f").Out("o").Node(
            "n", "a FINISHED:f", "o", FlowGraph.Of("FlowLimiterCalculator", options), backEdges: "f");
        await graph.StartAsync();
        await graph.AddAsync("a", 1);
        await graph.AddAsync("a", 2);
        await graph.AddAsync("a", 3);
        await graph.AddAsync("f", 1);
        await graph.AddAsync("a", 4);
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    public async Task FlowLimiter_GivesFurtherInputsTheFateOfTheirTime()
    {
        TestGraph graph = new TestGraph().In("a", "b", "f").Out("x", "y", "w").Node(
            "n", "a b FINISHED:f", "x y ALLOW:w", FlowGraph.Of("FlowLimiterCalculator"), backEdges: "f");
        await graph.StartAsync();
        await graph.AddAsync("b", 1);
        await graph.AddAsync("a", 1);
        await graph.AddAsync("a", 2);
        await graph.AddAsync("b", 2);
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(Sorted(graph.Seen)).IsEqualTo(Sorted("x@1=1 y@1=1 w@1=True w@2=False"));
    }

    [Test]
    public async Task LoopOfALimiter_EndsWithItsInput()
    {
        TestGraph graph = new TestGraph().In("a").Out("o").Node(
            "limit", "a FINISHED:o", "b", FlowGraph.Of("FlowLimiterCalculator"), backEdges: "o").Node("work", "b", "o", Steps.Pass);
        await Assert.That((await graph.RunAsync("a@1 a@2 a@3")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=2 o@3=3");
    }

    [Test]
    [Arguments("MergeCalculator", "A:a", "o", "input_stream")]
    [Arguments("MuxCalculator", "INPUT:a", "OUTPUT:o", "SELECT")]
    [Arguments("GateCalculator", "a b", "o", "1 and 2")]
    [Arguments("PassThroughCalculator", "a", "X:o", ":0")]
    [Arguments("PassThroughCalculator", "a", "o p", "as many")]
    [Arguments("MakePairCalculator", "a", "o", "two")]
    [Arguments("FlowLimiterCalculator", "a", "o", "FINISHED")]
    [Arguments("PacketPresenceCalculator", "PACKET:a X:b", "PRESENCE:o", "input_stream X")]
    [Arguments("PacketResamplerCalculator", "a", "o", "frame_rate")]
    public async Task WrongPorts_AreSaid(string calculator, string inputs, string outputs, string says)
    {
        InvalidOperationException? refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => FlowGraph.One(calculator, inputs, outputs).StartAsync());
        await Assert.That(refused!.Message).Contains(says);
    }

    [Test]
    [Arguments("BeginLoopDetectionCalculator")]
    [Arguments("SplitLandmarkVectorCalculator")]
    [Arguments("ConcatenateFloatVectorCalculator")]
    [Arguments("GetRectVectorItemCalculator")]
    public async Task VectorsOfOtherThings_AreRefusedWithWhatThereIs(string name)
    {
        await Assert.That(FlowCalculators.WhyNotServed(name)).Contains("tensors");
        await Assert.That(FlowCalculators.WhyNotServed("SplitterCalculator")).IsNull();
    }

    private static string Sorted(string packets) => string.Join(' ', packets.Split(' ').Order(StringComparer.Ordinal));
}
