using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

public sealed class GraphPlanBuilderTests
{
    private static readonly (Func<TestGraph> Graph, string[] Says)[] s_wrong =
    [
        (static () => new TestGraph().In("a").Out("o").Node("n", "b", "o", Steps.Pass), ["\"n\"", "\"b\"", "neither"]),
        (static () => new TestGraph().In("a").Out("x").Node("n", "a", "o", Steps.Pass), ["\"x\"", "output of the graph"]),
        (static () => Passing().Node("m", "a", "o", Steps.Pass), ["\"o\"", "\"n\"", "\"m\""]),
        (static () => new TestGraph().In("a", "a").Out("a"), ["\"a\"", "twice"]),
        (static () => new TestGraph().In("a").Out("o").Node("n", "a p", "o", Steps.Present).Node("m", "o", "p", Steps.Pass),
            ["\"n\"", "\"m\"", "back_edge"]),
        (static () => Passing(InputPolicy.SyncSet([[new PortName("B", 0)]])), ["sync_set", "input B"]),
        (static () => Passing(InputPolicy.SyncSet([[new PortName("", 0)], [new PortName("", 0)]])), ["sync_set", "twice"]),
        (static () => Passing(InputPolicy.FixedSize(0)), ["trigger_queue_size"]),
        (static () => Passing(InputPolicy.Mux), ["two inputs"]),
        (static () => Passing(maxInFlight: -1), ["max_in_flight"]),
        (static () => new TestGraph(maxQueueSize: 0).In("a").Out("a"), ["max_queue_size"]),
        (static () => new TestGraph().In("a").Out("q")
            .Node("n", "a", "o", Kinds(default, PacketKind.Int32)).Node("m", "o", "q", Kinds(PacketKind.Text, default)),
            ["\"m\"", "string", "int"]),
        (static () => new TestGraph().Out("o").Node("n", "", "o", Kinds(default, default), sidesIn: "s"),
            ["\"n\"", "\"s\"", "side packet"]),
    ];

    public static IEnumerable<int> Wrong() => Enumerable.Range(0, s_wrong.Length);

    [Test]
    [MethodDataSource(nameof(Wrong))]
    public async Task WrongGraph_IsRefusedWithItsNames(int index)
    {
        Outcome<GraphPlan> plan = s_wrong[index].Graph().Build();
        await Assert.That(plan.Code).IsEqualTo(StatusCode.GraphInitializationError);
        foreach (string part in s_wrong[index].Says)
        {
            await Assert.That(plan.Detail).Contains(part);
        }
    }

    [Test]
    public async Task KindOfAnOutput_IsKnownThroughNodesThatHandOn()
    {
        TestGraph graph = new TestGraph().In("a").Out("o")
            .Node("n", "a", "m", Kinds(PacketKind.Any, PacketKind.Tensor))
            .Node("m", "m", "o", static ports =>
            {
                CalculatorContract contract = new(ports);
                contract.SameAsInput[0] = 0;
                return new BoundCalculator(contract, static () => new TestCalculator());
            });
        await Assert.That(graph.Build().Value!.Outputs[0].Kind).IsEqualTo(PacketKind.Tensor);
    }

    private static TestGraph Passing(InputPolicy? policy = null, int maxInFlight = 1) =>
        new TestGraph().In("a").Out("o").Node("n", "a", "o", Steps.Pass, policy, maxInFlight: maxInFlight);

    private static Func<NodePorts, BoundCalculator> Kinds(PacketKind input, PacketKind output) => ports =>
    {
        CalculatorContract contract = new(ports);
        Array.Fill(contract.InputKinds, input);
        Array.Fill(contract.OutputKinds, output);
        return new BoundCalculator(contract, static () => new TestCalculator());
    };
}
