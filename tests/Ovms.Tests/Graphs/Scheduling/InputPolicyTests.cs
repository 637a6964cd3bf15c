using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

public sealed class InputPolicyTests
{
    [Test]
    public async Task Immediate_RunsForEachPacketAlone()
    {
        TestGraph graph = new TestGraph().In("a", "b").Out("o").Node("n", "a b", "o", Count(), InputPolicy.Immediate, offset: null);
        await graph.StartAsync();
        await graph.AddAsync("b", 5);
        await graph.AddAsync("a", 5);
        await graph.AddAsync("a", 6);
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=2 o@2=1 o@3=1");
    }

    [Test]
    public async Task SyncSet_SynchronisesWithinASetOnly()
    {
        InputPolicy policy = InputPolicy.SyncSet([[new PortName("A", 0), new PortName("B", 0)]]);
        TestGraph graph = new TestGraph().In("a", "b", "c").Out("o").Node("n", "A:a B:b C:c", "o", Count(), policy, offset: null);
        await graph.StartAsync();
        await graph.AddAsync("a", 5);
        await Assert.That(graph.Seen).IsEqualTo("");
        await graph.AddAsync("c", 9);
        await Assert.That(graph.Seen).IsEqualTo("o@1=4");
        await graph.AddAsync("b", 5);
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=4 o@2=3");
    }

    [Test]
    public async Task Barrier_IgnoresTimes()
    {
        TestGraph graph = new TestGraph().In("a", "b").Out("o").Node("n", "a b", "o", Steps.Present, InputPolicy.Barrier);
        await Assert.That((await graph.RunAsync("a@1 a@2 b@7 b@9 b@11")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=3 o@2=3");
    }

    [Test]
    [Arguments(2, 1, "o@1=1 o@4=4")]
    [Arguments(3, 2, "o@1=1 o@3=3 o@4=4")]
    public async Task FixedSize_KeepsTheNewestWhileTheNodeIsBusy(int trigger, int target, string expected)
    {
        TaskCompletionSource<Outcome> busy = new();
        TestGraph graph = new TestGraph().In("a").Out("o").Node(
            "n",
            "a",
            "o",
            ports => new BoundCalculator(new CalculatorContract(ports), () => new TestCalculator
            {
                Process = async context =>
                {
                    Outcome outcome = context.Time.Value == 1 ? await busy.Task : Outcome.Ok;
                    Steps.Pass(context);
                    return outcome;
                },
            }),
            InputPolicy.FixedSize(trigger, target));
        await graph.StartAsync();
        for (int time = 1; time <= 4; time++)
        {
            await graph.AddAsync("a", time);
        }

        busy.SetResult(Outcome.Ok);
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    [Arguments("s@1=0 a@1=10 b@1=20 s@2=1 a@2=11 b@2=21", "o@1=10 o@2=21")]
    [Arguments("a@1=10 a@2=11 b@2=21 s@2=1", "o@2=21")]
    [Arguments("s@1=1 b@3=23 s@3=1", "o@3=23")]
    public async Task Mux_ReadsTheSelectedInputAlone(string packets, string expected)
    {
        TestGraph graph = new TestGraph().In("a", "b", "s").Out("o").Node(
            "n",
            "INPUT:a INPUT:b SELECT:s",
            "o",
            static context =>
            {
                int selected = (int)context.Input(2).Value!;
                if (context.HasInput(selected))
                {
                    context.Emit(0, context.Input(selected).Share());
                }

                return context.HasInput(1 - selected) ? Outcome.Fail(StatusCode.InternalError, "the other input is there too") : Outcome.Ok;
            },
            InputPolicy.Mux);
        await Assert.That((await graph.RunAsync(packets)).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo(expected);
    }

    [Test]
    public async Task Mux_DoesNotWaitForTheOthers()
    {
        TestGraph graph = new TestGraph().In("a", "b", "s").Out("o").Node(
            "n", "INPUT:a INPUT:b SELECT:s", "o", static context => Copy(context, (int)context.Input(2).Value!), InputPolicy.Mux);
        await graph.StartAsync();
        await graph.AddAsync("s", 1, 1);
        await Assert.That(graph.Seen).IsEqualTo("");
        await graph.AddAsync("b", 1, 20);
        await Assert.That(graph.Seen).IsEqualTo("o@1=20");
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
    }

    [Test]
    [Arguments(2)]
    [Arguments(-1)]
    public async Task Mux_SelectionOutOfRange_EndsTheGraph(int selected)
    {
        TestGraph graph = new TestGraph().In("a", "b", "s").Out("o")
            .Node("n", "INPUT:a INPUT:b SELECT:s", "o", Steps.Present, InputPolicy.Mux);
        Outcome outcome = await graph.RunAsync($"s@1={selected}");
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.GraphExecutionError);
        await Assert.That(outcome.Detail).Contains("\"n\"").And.Contains("0 to 1").And.Contains($"{selected}");
    }

    [Test]
    public async Task ProcessedBounds_RunAtSettledTimesWithoutPackets()
    {
        TestGraph graph = new TestGraph().In("a").Out("o")
            .Node("even", "a", "e", Steps.Even).Node("n", "e", "o", Steps.Present, bounds: true);
        await Assert.That((await graph.RunAsync("a@1 a@2 a@3")).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=0 o@2=1 o@3=0");
    }

    [Test]
    [Arguments("EarlyCloseInputStreamHandler", "not supported")]
    [Arguments("TimestampAlignInputStreamHandler", "not supported")]
    [Arguments("NoSuchInputStreamHandler", "does not exist")]
    public async Task OtherHandlers_AreRefusedByName(string handler, string why)
    {
        Outcome<InputPolicy> policy = InputPolicy.Named(handler);
        await Assert.That(policy.IsOk).IsFalse();
        await Assert.That(policy.Text).Contains(handler).And.Contains(why);
    }

    private static Outcome Copy(CalculatorContext context, int input)
    {
        if (context.HasInput(input))
        {
            context.Emit(0, context.Input(input).Share());
        }

        return Outcome.Ok;
    }

    // Writes which inputs have a packet, at the times 1, 2, 3.
    private static Func<CalculatorContext, Outcome> Count()
    {
        int runs = 0;
        return context =>
        {
            context.Emit(0, new Packet((context.HasInput(0) ? 1 : 0) + Bit(context, 1) + Bit(context, 2), new Timestamp(++runs)));
            return Outcome.Ok;
        };
    }

    private static int Bit(CalculatorContext context, int input) => input < context.InputCount && context.HasInput(input) ? 1 << input : 0;
}
