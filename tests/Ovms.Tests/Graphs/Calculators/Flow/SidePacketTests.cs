using Ovms.Graphs.Calculators.Flow;
using Ovms.Status;
using Ovms.Tests.Graphs.Scheduling;

namespace Ovms.Tests.Graphs.Calculators.Flow;

public sealed class SidePacketTests
{
    [Test]
    public async Task ConstantSidePacket_HasItsTypeAndValue()
    {
        ConstantSideOptions options = new()
        {
            Packet = [new ConstantValue { IntValue = 7 }, new ConstantValue { StringValue = "x" }, new ConstantValue { BoolValue = false }],
        };
        TestGraph graph = new TestGraph().In("t").Out("a", "b", "c")
            .Node("make", "", "", FlowGraph.Of("ConstantSidePacketCalculator", options), sidesOut: "PACKET:i PACKET:s PACKET:f")
            .Node("read", "TICK:t", "AT_TICK:a AT_TICK:b AT_TICK:c", FlowGraph.Of("SidePacketToStreamCalculator"), sidesIn: "i s f");
        await Assert.That((await graph.RunAsync("t@1 t@2")).Text).IsEqualTo("OK");
        await Assert.That(Sorted(graph.Seen)).IsEqualTo("a@1=7 a@2=7 b@1=x b@2=x c@1=False c@2=False");
    }

    [Test]
    [Arguments("AT_PRESTREAM", "o@PreStream=7")]
    [Arguments("AT_POSTSTREAM", "o@PostStream=7")]
    [Arguments("AT_ZERO", "o@0=7")]
    [Arguments("AT_FIRST_TICK", "o@3=7")]
    [Arguments("AT_TIMESTAMP", "o@42=7")]
    public async Task SidePacketToStream_WritesAtTheTimeOfTheTag(string tag, string expected)
    {
        string ticks = tag == "AT_FIRST_TICK" ? "TICK:t" : "";
        string sides = tag == "AT_TIMESTAMP" ? "s TIMESTAMP:w" : "s";
        TestGraph graph = new TestGraph().In("t").Out("o").InSide("s");
        graph = tag == "AT_TIMESTAMP" ? graph.InSide("w") : graph;
        graph.Node("n", ticks, $"{tag}:o", FlowGraph.Of("SidePacketToStreamCalculator"), sidesIn: sides);
        object?[] values = tag == "AT_TIMESTAMP" ? [7, 42L] : [7];
        await Assert.That((await graph.RunAsync("t@3 t@4", values)).Text).IsEqualTo("OK");
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    [Arguments("given", "o@0=given")]
    [Arguments(null, "o@0=other")]
    public async Task DefaultSidePacket_StandsInForAMissingOne(string? given, string expected)
    {
        TestGraph graph = new TestGraph().Out("o").InSide("g").InSide("d")
            .Node(
                "default",
                "",
                "",
                FlowGraph.Of("DefaultSidePacketCalculator"),
                sidesIn: "OPTIONAL_VALUE:g DEFAULT_VALUE:d",
                sidesOut: "VALUE:v")
            .Node("n", "", "AT_ZERO:o", FlowGraph.Of("SidePacketToStreamCalculator"), sidesIn: "v");
        await Assert.That((await graph.RunAsync("", given, "other")).Text).IsEqualTo("OK");
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    [Arguments("StringToIntCalculator", "-7", "o@0=-7")]
    [Arguments("StringToUint32Calculator", "4294967295", "o@0=4294967295")]
    [Arguments("StringToInt64Calculator", "-9000000000", "o@0=-9000000000")]
    [Arguments("StringToUint64Calculator", "18446744073709551615", "o@0=18446744073709551615")]
    [Arguments("StringToInt32Calculator", "4294967295", "4294967295")]
    [Arguments("StringToUintCalculator", "-1", "digits")]
    [Arguments("StringToIntCalculator", "seven", "seven")]
    public async Task StringToNumber_ParsesOrSaysWhy(string calculator, string text, string expected)
    {
        TestGraph graph = new TestGraph().Out("o").InSide("s")
            .Node("parse", "", "", FlowGraph.Of(calculator), sidesIn: "s", sidesOut: "v")
            .Node("n", "", "AT_ZERO:o", FlowGraph.Of("SidePacketToStreamCalculator"), sidesIn: "v");
        Outcome outcome = await graph.RunAsync("", text);
        await Assert.That(outcome.IsOk).IsEqualTo(expected.StartsWith("o@", StringComparison.Ordinal));
        await Assert.That(outcome.IsOk ? graph.Seen : outcome.Detail).Contains(expected);
    }

    [Test]
    public async Task StreamToSidePacket_TakesOnePacket()
    {
        TestGraph graph = new TestGraph().In("a").Out("a")
            .Node("n", "a", "", FlowGraph.Of("StreamToSidePacketCalculator"), sidesOut: "s");
        await Assert.That((await graph.RunAsync("a@1")).IsOk).IsTrue();
        await Assert.That((await graph.RunAsync("a@1 a@2")).Detail).Contains("second packet");
    }

    [Test]
    public async Task StreamToSidePacket_ThatANodeReads_IsRefused()
    {
        Outcome<Ovms.Graphs.Scheduling.GraphPlan> plan = new TestGraph().In("a").Out("o")
            .Node("late", "a", "", FlowGraph.Of("StreamToSidePacketCalculator"), sidesOut: "s")
            .Node("read", "TICK:a", "AT_TICK:o", FlowGraph.Of("SidePacketToStreamCalculator"), sidesIn: "s")
            .Build();
        await Assert.That(plan.Code).IsEqualTo(StatusCode.GraphInitializationError);
        await Assert.That(plan.Detail!).StartsWith("node \"read\"").And.Contains("the side packet \"s\" is set by node \"late\"");
    }

    private static string Sorted(string packets) => string.Join(' ', packets.Split(' ').Order(StringComparer.Ordinal));
}
