using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

public sealed class GraphInstanceTests
{
    [Test]
    public async Task Chain_HandsPacketsOn()
    {
        TestGraph graph = new TestGraph().In("a").Out("c").Node("n1", "a", "b", Steps.Pass).Node("n2", "b", "c", Steps.Pass);
        await Assert.That((await graph.RunAsync("a@1 a@2")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("c@1=1 c@2=2");
    }

    [Test]
    [Arguments("a@1 b@1", "o@1=3")]
    [Arguments("a@1 b@2", "o@1=1 o@2=2")]
    [Arguments("b@2 a@1", "o@1=1 o@2=2")]
    [Arguments("a@1 a@3 b@3 b@4", "o@1=1 o@3=3 o@4=2")]
    [Arguments("a@1", "o@1=1")]
    [Arguments("", "")]
    public async Task Default_JoinsEqualTimes(string packets, string expected)
    {
        TestGraph graph = new TestGraph().In("a", "b").Out("o").Node("join", "a b", "o", Steps.Present);
        await Assert.That((await graph.RunAsync(packets)).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    public async Task Default_WaitsUntilATimeIsSettled()
    {
        TestGraph graph = new TestGraph().In("a", "b").Out("o").Node("join", "a b", "o", Steps.Present);
        await graph.StartAsync();
        await graph.AddAsync("a", 1);
        await graph.Instance!.WaitIdleAsync();
        await Assert.That(graph.Seen).IsEqualTo("");
        await graph.AddAsync("b", 5);
        await graph.Instance.WaitIdleAsync();
        await Assert.That(graph.Seen).IsEqualTo("o@1=1");
        graph.Close("a");
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@5=2");
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
    }

    [Test]
    public async Task BranchThatWritesNothing_DoesNotHoldTheJoin()
    {
        TestGraph graph = new TestGraph().In("a").Out("o").Node("even", "a", "e", Steps.Even).Node("join", "a e", "o", Steps.Present);
        await graph.StartAsync();
        await graph.AddAsync("a", 1);
        await Assert.That(graph.Seen).IsEqualTo("o@1=1");
        await graph.AddAsync("a", 2);
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=3");
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
    }

    [Test]
    public async Task BranchWithoutOffset_HoldsTheJoinUntilItWrites()
    {
        TestGraph graph = new TestGraph().In("a").Out("o")
            .Node("even", "a", "e", Steps.Even, offset: null).Node("join", "a e", "o", Steps.Present);
        await graph.StartAsync();
        await graph.AddAsync("a", 1);
        await Assert.That(graph.Seen).IsEqualTo("");
        await graph.AddAsync("a", 2);
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=3");
        await graph.AddAsync("a", 3);
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=3 o@3=1");
    }

    [Test]
    public async Task BoundAlone_PassesThroughNodesWithOffset()
    {
        TestGraph graph = new TestGraph().In("a", "b").Out("o").Node("pass", "a", "p", Steps.Pass).Node("join", "p b", "o", Steps.Present);
        await graph.StartAsync();
        await graph.AddAsync("b", 7);
        await Assert.That(graph.Seen).IsEqualTo("");
        graph.Instance!.SetBound(0, new Timestamp(8));
        await Assert.That(graph.Seen).IsEqualTo("o@7=2");
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
    }

    [Test]
    [Arguments(5, 5, "6 or later")]
    [Arguments(5, 4, "6 or later")]
    [Arguments(long.MaxValue - 3, long.MaxValue - 3, "none, because the packet before it has the last timestamp there is")]
    public async Task TimeThatDoesNotIncrease_EndsTheRun(long first, long second, string expected)
    {
        TestGraph graph = new TestGraph().In("a").Out("o").Node("pass", "a", "o", Steps.Pass);
        await graph.StartAsync();
        await Assert.That((await graph.AddAsync("a", first)).IsOk).IsTrue();
        Outcome outcome = await graph.AddAsync("a", second);
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.GraphAddPacketError);
        await Assert.That(outcome.Detail).Contains("\"a\"").And.Contains($"timestamp {second}").And.Contains($"expected: {expected}");
        await Assert.That((await graph.EndAsync()).Code).IsEqualTo(StatusCode.GraphAddPacketError);
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task SpecialTime_IsRefusedUnlessAllowedInAStream(bool allowed)
    {
        TestGraph graph = new TestGraph().In("a").Out("o").Node("pass", "a", "o", Steps.Pass);
        await graph.StartAsync();
        Outcome outcome = await graph.AddAsync("a", (allowed ? Timestamp.PostStream : Timestamp.Done).Value, 1);
        await Assert.That(outcome.IsOk).IsEqualTo(allowed);
        await Assert.That((await graph.EndAsync()).IsOk).IsEqualTo(allowed);
        await Assert.That(graph.Seen).IsEqualTo(allowed ? "o@PostStream=1" : "");
    }

    [Test]
    public async Task NodeThatWritesTooEarly_IsNamed()
    {
        TestGraph graph = new TestGraph().In("a").Out("o").Node("early", "a", "OUT:o", static context =>
        {
            context.Emit(0, new Packet(1, new Timestamp(3)));
            return Outcome.Ok;
        });
        Outcome outcome = await graph.RunAsync("a@3 a@4");
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.GraphExecutionError);
        await Assert.That(outcome.Detail).Contains("\"early\" (TestCalculator)").And.Contains("OUT").And.Contains("4 or later");
    }

    [Test]
    public async Task HalfClose_DrainsAndEnds()
    {
        TestGraph graph = new TestGraph().In("a", "b").Out("o").Node("join", "a b", "o", Steps.Present);
        await graph.StartAsync();
        await graph.AddAsync("a", 1);
        await graph.AddAsync("a", 2);
        graph.Close("b");
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=1");
        graph.Close("a");
        await Assert.That((await graph.Instance!.WaitDoneAsync()).IsOk).IsTrue();
        graph.Instance.Dispose();
    }

    [Test]
    public async Task Failure_NamesNodeCalculatorAndCauseAndKeepsItsCode()
    {
        TestGraph graph = new TestGraph().In("a").Out("o")
            .Node("bad", "a", "o", static _ => Outcome.Fail(StatusCode.InvalidShape, "expected (1,10), came (1,9)"));
        Outcome outcome = await graph.RunAsync("a@1");
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.InvalidShape);
        await Assert.That(outcome.Detail).IsEqualTo("node \"bad\" (TestCalculator): expected (1,10), came (1,9)");
    }

    [Test]
    public async Task Exception_EndsThisRunAlone()
    {
        TestGraph graph = new TestGraph().In("a").Out("o").Node("throws", "a", "o", static context =>
            context.Input(0).Value is 13 ? throw new InvalidOperationException("thirteen") : Steps.Pass(context));
        Outcome outcome = await graph.RunAsync("a@13");
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.InternalError);
        await Assert.That(outcome.Detail).Contains("\"throws\"").And.Contains("thirteen");
        await Assert.That((await graph.RunAsync("a@1")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=1");
    }
}
