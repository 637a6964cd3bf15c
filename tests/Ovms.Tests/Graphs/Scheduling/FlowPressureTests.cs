using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>Bounded queues, sources, runs in parallel and back edges.</summary>
public sealed class FlowPressureTests
{
    [Test]
    public async Task FullQueueBehindASlowObserver_HoldsTheCaller()
    {
        TaskCompletionSource slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TestGraph graph = new TestGraph(maxQueueSize: 2).In("a").Out("o").Node("n", "a", "o", Steps.Pass);
        graph.Observe = seen => seen == "o@1=1" ? new ValueTask(slow.Task) : default;
        await graph.StartAsync();
        for (int time = 1; time <= 3; time++)
        {
            ValueTask<Outcome> added = graph.AddAsync("a", time);
            await Assert.That(added.IsCompleted).IsTrue();
            await added;
        }

        Task<Outcome> held = graph.AddAsync("a", 4).AsTask();
        await Assert.That(held.IsCompleted).IsFalse();
        slow.SetResult();
        await Assert.That((await held).IsOk).IsTrue();
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=2 o@3=3 o@4=4");
    }

    [Test]
    public async Task Deadlock_GrowsTheQueuesOrIsReported()
    {
        foreach (bool report in new[] { false, true })
        {
            TestGraph graph = new TestGraph(maxQueueSize: 1, report).In("a", "b").Out("o").Node("join", "a b", "o", Steps.Present);
            await graph.StartAsync();
            await graph.AddAsync("a", 1);
            Outcome second = await graph.AddAsync("a", 2);
            await Assert.That(second.IsOk).IsEqualTo(!report);
            await graph.AddAsync("b", 1);
            Outcome outcome = await graph.EndAsync();
            await Assert.That(outcome.IsOk).IsEqualTo(!report);
            await Assert.That(graph.Seen).IsEqualTo(report ? "" : "o@1=3 o@2=1");
        }
    }

    [Test]
    public async Task EndOfTheRun_AnswersAHeldCaller()
    {
        TestGraph graph = new TestGraph(maxQueueSize: 1).In("a").Out("o").Node("n", "a", "o", Steps.Pass);
        TaskCompletionSource never = new();
        graph.Observe = _ => new ValueTask(never.Task);
        await graph.StartAsync();
        await graph.AddAsync("a", 1);
        await graph.AddAsync("a", 2);
        Task<Outcome> held = graph.AddAsync("a", 3).AsTask();
        await Assert.That(held.IsCompleted).IsFalse();
        graph.Instance!.Cancel(Outcome.Fail(StatusCode.DeadlineExceeded, "test"));
        await Assert.That((await held).Code).IsEqualTo(StatusCode.DeadlineExceeded);
        never.SetResult();
        await Assert.That((await graph.EndAsync()).Code).IsEqualTo(StatusCode.DeadlineExceeded);
    }

    [Test]
    public async Task Source_RunsUntilItStopsWithinTheQueuesAndByLayers()
    {
        TestGraph graph = new TestGraph(maxQueueSize: 3).Out("x", "y")
            .Node("late", "", "y", Counts(1, 2), layer: 1)
            .Node("early", "", "x", Counts(1, 20));
        await Assert.That((await graph.RunAsync("")).IsOk).IsTrue();
        string x = string.Join(' ', Enumerable.Range(1, 20).Select(static i => $"x@{i}={i}"));
        await Assert.That(graph.Seen).IsEqualTo($"{x} y@1=1 y@2=2");
    }

    [Test]
    public async Task EndlessSource_IsHeldByASlowObserverAndEndsWithTheRun()
    {
        TaskCompletionSource never = new();
        int made = 0;
        TestGraph graph = new TestGraph(maxQueueSize: 5).Out("x").Node("endless", "", "x", context =>
        {
            context.Emit(0, new Packet(++made, new Timestamp(made)));
            return Outcome.Ok;
        });
        graph.Observe = _ => new ValueTask(never.Task);
        await graph.StartAsync();
        await Assert.That(made).IsLessThan(10);
        graph.Instance!.Cancel(Outcome.Fail(StatusCode.Cancelled));
        never.SetResult();
        await Assert.That((await graph.EndAsync()).Code).IsEqualTo(StatusCode.Cancelled);
    }

    [Test]
    public async Task RunsInParallel_AreBoundedAndKeepTheOrderOfOutputs()
    {
        TaskCompletionSource<Outcome>[] gates = [.. Enumerable.Range(0, 6).Select(static _ => new TaskCompletionSource<Outcome>())];
        int running = 0;
        int most = 0;
        TestGraph graph = new TestGraph().In("a").Out("o").Node(
            "n",
            "a",
            "o",
            ports => new BoundCalculator(new CalculatorContract(ports), () => new TestCalculator
            {
                Process = async context =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    Outcome outcome = await gates[context.Time.Value].Task;
                    Interlocked.Decrement(ref running);
                    Steps.Pass(context);
                    return outcome;
                },
            }),
            maxInFlight: 3);
        await graph.StartAsync();
        for (int time = 1; time <= 5; time++)
        {
            await graph.AddAsync("a", time);
        }

        foreach (int time in new[] { 3, 2, 5, 4, 1 })
        {
            gates[time].SetResult(Outcome.Ok);
        }

        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(most).IsEqualTo(3);
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=2 o@3=3 o@4=4 o@5=5");
    }

    [Test]
    public async Task BackEdge_LetsANodeReadItsOwnPast()
    {
        // Sums the input with what came back; the loop ends with the input.
        TestGraph graph = new TestGraph().In("a").Out("o").Node(
            "sum",
            "IN:a LOOP:back",
            "o",
            static ports =>
            {
                return new BoundCalculator(new CalculatorContract(ports) { TimestampOffset = null }, static () =>
                {
                    int sum = 0;
                    return new TestCalculator
                    {
                        Process = context =>
                        {
                            if (context.HasInput(1))
                            {
                                sum = (int)context.Input(1).Value!;
                            }
                            else
                            {
                                context.Emit(0, new Packet(sum + (int)context.Input(0).Value!, context.Time));
                            }

                            return new(Outcome.Ok);
                        },
                    };
                });
            },
            InputPolicy.Immediate,
            backEdges: "back").Node("return", "o", "back", Steps.Pass);
        await Assert.That((await graph.RunAsync("a@1=1 a@2=2 a@3=3")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=1 o@2=3 o@3=6");
    }

    [Test]
    public async Task LongRun_LeavesThePumpToOthers()
    {
        using ManualResetEventSlim other = new();
        TestGraph graph = new TestGraph().In("a", "b").Out("o", "p").Node(
            "long",
            "a",
            "o",
            ports => new BoundCalculator(new CalculatorContract(ports) { RunsLong = true }, () => new TestCalculator
            {
                Process = context =>
                    new(other.Wait(TimeSpan.FromSeconds(30)) ? Steps.Pass(context) : Outcome.Fail(StatusCode.InternalError)),
            })).Node(
            "short",
            "b",
            "p",
            context =>
            {
                other.Set();
                return Steps.Pass(context);
            });
        await Assert.That((await graph.RunAsync("a@1 b@1")).IsOk).IsTrue();
    }

    private static Func<CalculatorContext, Outcome> Counts(int from, int to)
    {
        int next = from;
        return context =>
        {
            context.Emit(0, new Packet(next, new Timestamp(next)));
            if (next++ == to)
            {
                context.Stop();
            }

            return Outcome.Ok;
        };
    }
}
