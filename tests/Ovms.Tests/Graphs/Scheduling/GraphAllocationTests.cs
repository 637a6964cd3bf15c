using Ovms.Graphs.Calculators;
using Ovms.Graphs.Calculators.Flow;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>What running costs beyond the packets themselves.</summary>
public sealed class GraphAllocationTests
{
    private static readonly object s_value = 7;

    [Test]
    public async Task PacketThroughAChain_AllocatesNothing()
    {
        GraphPlan plan = Chain();
        GraphInstance instance = plan.Rent();
        await instance.StartAsync(new GraphStart(new Discarding(), CancellationToken.None));
        long time = 0;
        long allocated = Allocation.Of(() => Completed(instance.AddAsync(0, new Packet(s_value, new Timestamp(++time)))));
        instance.CloseInputs();
        await Assert.That((await instance.WaitDoneAsync()).IsOk).IsTrue();
        instance.Dispose();
        await Assert.That(allocated).IsEqualTo(0);
    }

    [Test]
    public async Task WholeCall_AllocatesWhatItStartsWith()
    {
        GraphPlan plan = Chain();
        Discarding observer = new();
        long allocated = Allocation.Of(() =>
        {
            GraphInstance instance = plan.Rent();
            Completed(instance.StartAsync(new GraphStart(observer, CancellationToken.None)));
            Completed(instance.AddAsync(0, new Packet(s_value, new Timestamp(1))));
            instance.CloseInputs();
            Completed(instance.WaitDoneAsync());
            instance.Dispose();
        });
        await Assert.That(allocated).IsLessThanOrEqualTo(128);
    }

    private static void Completed(ValueTask<Outcome> task)
    {
        if (!task.IsCompleted || !task.GetAwaiter().GetResult().IsOk)
        {
            throw new InvalidOperationException("A graph of calculators that await nothing runs on the caller's thread.");
        }
    }

    private static GraphPlan Chain()
    {
        GraphPlanBuilder builder = new();
        builder.AddInput("s0", PacketKind.Any);
        NodePorts ports = new([new PortName("", 0)], [new PortName("", 0)], [], []);
        CalculatorEntry pass = FlowCalculators.All.Single(static type => type.Name == "PassThroughCalculator");
        for (int i = 0; i < 5; i++)
        {
            BoundCalculator bound = pass.Bind(ports, null).Value!;
            builder.AddNode(new NodeDefinition($"n{i}", pass.Name, bound) { Inputs = [$"s{i}"], Outputs = [$"s{i + 1}"] });
        }

        builder.AddOutput("s5", PacketKind.Any);
        return builder.Build().Value!;
    }

    private sealed class Discarding : IGraphObserver
    {
        public ValueTask OnPacketAsync(int output, Packet packet)
        {
            packet.Release();
            return default;
        }
    }
}
