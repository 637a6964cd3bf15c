using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>Open, Close, errors, cancellation, side packets, and what a second run sees of the first.</summary>
public sealed class GraphLifeTests
{
    [Test]
    public async Task Close_RunsOnceAlsoAfterAnErrorAndCancellation()
    {
        foreach (string how in new[] { "end", "error", "cancel" })
        {
            List<string> calls = [];
            TestGraph graph = new TestGraph().In("a").Out("o").Node("n", "a", "o", Calls(calls, how));
            await graph.StartAsync();
            await graph.AddAsync("a", 1);
            if (how == "cancel")
            {
                graph.Instance!.Cancel(Outcome.Fail(StatusCode.Cancelled, "test"));
            }

            Outcome outcome = await graph.EndAsync();
            string failed = how == "end" ? "False" : "True";
            await Assert.That(string.Join(' ', calls)).IsEqualTo($"open process close({failed})");
            await Assert.That(outcome.IsOk).IsEqualTo(how == "end");
        }
    }

    [Test]
    public async Task FailedOpen_EndsTheStartAndClosesOnlyOpenedNodes()
    {
        List<string> calls = [];
        TestGraph graph = new TestGraph().In("a").Out("o").Node("first", "a", "m", Calls(calls, "")).Node(
            "second",
            "m",
            "o",
            ports => new BoundCalculator(new CalculatorContract(ports), () => new TestCalculator
            {
                Open = static _ => Outcome.Fail(StatusCode.GraphStartError, "no model"),
                Close = _ =>
                {
                    calls.Add("wrong");
                    return Outcome.Ok;
                },
            }));
        Outcome outcome = await graph.StartAsync();
        await Assert.That(outcome.Detail).Contains("\"second\"").And.Contains("no model");
        await Assert.That(string.Join(' ', calls)).IsEqualTo("open close(True)");
        await Assert.That((await graph.AddAsync("a", 1)).IsOk).IsFalse();
        graph.Instance!.Dispose();
    }

    [Test]
    public async Task PacketsOfOpenAndClose_AreDelivered()
    {
        TestGraph graph = new TestGraph().In("a").Out("o").Node("n", "a", "o", static ports =>
            new BoundCalculator(new CalculatorContract(ports), static () => new TestCalculator
            {
                Open = static context => Write(context, 1),
                Process = static context => new(Write(context, 2)),
                Close = static context => Write(context, 3),
            }));
        await Assert.That((await graph.RunAsync("a@2")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=2 o@3=3");
    }

    [Test]
    public async Task CallersToken_EndsAWaitingNode()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TestGraph graph = new TestGraph().In("a").Out("o").Node("waits", "a", "o", Waits(entered));
        using CancellationTokenSource caller = new();
        await graph.StartAsync(caller.Token);
        await graph.AddAsync("a", 1);
        await entered.Task;
        await caller.CancelAsync();
        Outcome outcome = await graph.EndAsync();
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.Cancelled);
    }

    [Test]
    public async Task FirstError_CancelsOtherNodes()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TestGraph graph = new TestGraph().In("a", "b").Out("o", "p").Node("waits", "a", "o", Waits(entered))
            .Node("fails", "b", "p", static _ => Outcome.Fail(StatusCode.InvalidShape, "first"));
        await graph.StartAsync();
        await graph.AddAsync("a", 1);
        await entered.Task;
        await graph.AddAsync("b", 1);
        Outcome outcome = await graph.EndAsync();
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.InvalidShape);
    }

    [Test]
    public async Task SecondRun_SeesNothingOfTheFirst()
    {
        TestGraph graph = new TestGraph().In("a").InSide("s").Out("o").Node(
            "counts",
            "a",
            "o",
            static ports => new BoundCalculator(new CalculatorContract(ports), static () =>
            {
                int count = 0;
                return new TestCalculator
                {
                    Process = context =>
                    {
                        context.Emit(0, new Packet($"{context.Side(0)}{++count}", context.Time));
                        return new(Outcome.Ok);
                    },
                };
            }),
            sidesIn: "s");
        await Assert.That((await graph.RunAsync("a@7 a@9", "x")).IsOk).IsTrue();
        GraphInstance first = graph.Instance!;
        await Assert.That(graph.Seen).IsEqualTo("o@7=x1 o@9=x2");
        await Assert.That((await graph.RunAsync("a@1", "y")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=y1");
        await Assert.That(ReferenceEquals(first, graph.Instance)).IsTrue();
        Outcome missing = await graph.RunAsync("a@1", [null]);
        await Assert.That(missing.Code).IsEqualTo(StatusCode.GraphStartError);
        await Assert.That(missing.Detail).Contains("\"s\"");
    }

    [Test]
    public async Task SidePackets_AreMadeBeforeTheirReadersOpen()
    {
        TestGraph graph = new TestGraph().In("a").Out("o")
            .Node(
                "reads",
                "a",
                "o",
                static ports => new BoundCalculator(new CalculatorContract(ports), static () => new TestCalculator
                {
                    Process = static context =>
                    {
                        context.Emit(0, new Packet(context.Side(0)!, context.Time));
                        return new(Outcome.Ok);
                    },
                }),
                sidesIn: "s")
            .Node(
                "makes",
                "",
                "",
                static ports => new BoundCalculator(new CalculatorContract(ports), static () => new TestCalculator
                {
                    Open = static context =>
                    {
                        context.SetSide(0, "made");
                        return Outcome.Ok;
                    },
                }),
                sidesOut: "s");
        await Assert.That((await graph.RunAsync("a@1")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=made");
    }

    [Test]
    [Arguments("end")]
    [Arguments("error")]
    [Arguments("late")]
    public async Task SharedValue_IsReleasedOnceWhicheverWayTheRunEnds(string how)
    {
        TestGraph graph = new TestGraph().In("a", "b").Out("o", "p")
            .Node("n1", "a", "m", Steps.Pass)
            .Node("n2", "m", "o", FailsAtThree)
            .Node("n3", "m b", "p q", Steps.Pass);
        CountedValue[] values = [.. Enumerable.Range(0, 4).Select(static _ => new CountedValue())];
        await graph.StartAsync();
        await graph.AddAsync("a", 1, values[0]);
        await graph.AddAsync("a", 2, values[1]);
        await graph.AddAsync("a", how == "end" ? 4 : how == "late" ? 2 : 3, values[2]);
        await graph.AddAsync("b", 5, values[3]);
        await graph.EndAsync();
        await Assert.That(values.Select(static value => value.Releases)).IsEquivalentTo([1, 1, 1, 1]);
    }

    private static Outcome FailsAtThree(CalculatorContext context) =>
        context.Time.Value == 3 ? Outcome.Fail(StatusCode.InvalidShape, "3") : Steps.Pass(context);

    private static Outcome Write(CalculatorContext context, int time)
    {
        context.Emit(0, new Packet(time, new Timestamp(time)));
        return Outcome.Ok;
    }

    private static Func<NodePorts, BoundCalculator> Waits(TaskCompletionSource entered) => ports =>
        new BoundCalculator(new CalculatorContract(ports), () => new TestCalculator
        {
            Process = async context =>
            {
                entered.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.Cancellation);
                return Outcome.Ok;
            },
        });

    private static Func<NodePorts, BoundCalculator> Calls(List<string> calls, string how) => ports =>
        new BoundCalculator(new CalculatorContract(ports), () => new TestCalculator
        {
            Open = _ =>
            {
                calls.Add("open");
                return Outcome.Ok;
            },
            Process = _ =>
            {
                calls.Add("process");
                return new(how == "error" ? Outcome.Fail(StatusCode.InvalidShape, "test") : Outcome.Ok);
            },
            Close = context =>
            {
                calls.Add($"close({context.HasFailed})");
                return Outcome.Ok;
            },
        });
}
