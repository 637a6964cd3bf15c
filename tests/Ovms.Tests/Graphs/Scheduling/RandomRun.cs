using System.Collections.Concurrent;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>Runs a random graph on the scheduler with a random interleaving, and counts the references of its values.</summary>
internal sealed class RandomRun : IGraphObserver
{
    private readonly RandomGraph _graph;
    private readonly GraphPlan _plan;
    private readonly ConcurrentBag<NumberValue> _values = [];
    private int _random;

    public RandomRun(RandomGraph graph, bool reusesLongThreads)
    {
        _graph = graph;
        GraphPlanBuilder builder = new() { MaxQueueSize = graph.MaxQueueSize };
        Array.ForEach(graph.Inputs, name => builder.AddInput(name, PacketKind.Any));
        graph.Nodes.ForEach(node => builder.AddNode(Define(node, reusesLongThreads)));
        Array.ForEach(graph.Outputs, name => builder.AddOutput(name, PacketKind.Any));
        Outcome<GraphPlan> plan = builder.Build();
        _plan = plan.IsOk ? plan.Value : throw new InvalidOperationException(plan.Text);
    }

    /// <summary>What came at each output.</summary>
    public List<(long Time, int Value)>[] Seen { get; private set; } = [];

    /// <summary>Values that were not released exactly once.</summary>
    public int Leaked => _values.Count(static value => value.Releases != 1);

    public async Task<Outcome> RunAsync(Random random)
    {
        _values.Clear();
        _random = random.Next();
        Seen = [.. _graph.Outputs.Select(static _ => new List<(long Time, int Value)>())];
        GraphInstance instance = _plan.Rent();
        await instance.StartAsync(new GraphStart(this, CancellationToken.None));
        Task Feed(int input) => Task.Run(async () =>
        {
            foreach ((long time, int value) in _graph.Packets[_graph.Inputs[input]])
            {
                await instance.AddAsync(input, new Packet(Keep(value), new Timestamp(time)));
            }

            instance.CloseInput(input);
        });

        int[] order = [.. Enumerable.Range(0, _graph.Inputs.Length)];
        if (random.Next(3) > 0)
        {
            await Task.WhenAll(order.Select(Feed));
        }
        else
        {
            random.Shuffle(order);
            foreach (int input in order)
            {
                await Feed(input);
            }
        }

        Outcome outcome = await instance.WaitDoneAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        instance.Dispose();
        return outcome;
    }

    public ValueTask OnPacketAsync(int output, Packet packet)
    {
        Seen[output].Add((packet.Time.Value, Number(packet.Value)!.Value));
        packet.Release();
        return Chance(5) ? new ValueTask(Yielded()) : default;
    }

    private static async Task Yielded() => await Task.Yield();

    private NumberValue Keep(int value)
    {
        NumberValue kept = new(value);
        _values.Add(kept);
        return kept;
    }

    private bool Chance(int of) => (uint)(Interlocked.Add(ref _random, 1013904223) * 2654435761L >> 16) % of == 0;

    private NodeDefinition Define(RandomNode node, bool reusesLongThreads)
    {
        PortName[] inputs = [.. node.Inputs.Select(static (_, i) => new PortName("", i))];
        NodePorts ports = new(inputs, [.. node.Outputs.Select(static (_, i) => new PortName("", i))], [], []);
        CalculatorContract contract = new(ports)
        {
            TimestampOffset = node.HasOffset ? node.Shift : null,
            RunsLong = reusesLongThreads && node.Seed % 3 == 0,
        };
        TestCalculator calculator = new() { Process = context => ProcessAsync(node, context) };
        return new NodeDefinition(node.Name, $"{node.Kind}", new BoundCalculator(contract, () => calculator))
        {
            Inputs = node.Inputs,
            Outputs = node.Outputs,
            MaxInFlight = node.MaxInFlight,
            Policy = node.Kind switch
            {
                RandomKind.Barrier => InputPolicy.Barrier,
                RandomKind.Mux => InputPolicy.Mux,
                _ => null,
            },
        };
    }

    private ValueTask<Outcome> ProcessAsync(RandomNode node, CalculatorContext context)
    {
        return Chance(4) ? YieldFirstAsync() : new(Process());

        async ValueTask<Outcome> YieldFirstAsync()
        {
            await Task.Yield();
            return Process();
        }

        Outcome Process()
        {
            if (context.Time.Value == node.FailsAt)
            {
                return Outcome.Fail(StatusCode.InvalidShape, "as planned");
            }

            int?[] inputs = [.. Enumerable.Range(0, context.InputCount).Select(i => Number(context.Input(i).Value))];
            int?[] written = node.Run(context.Time.Value, inputs);
            for (int i = 0; i < written.Length; i++)
            {
                if (written[i] is int value)
                {
                    object kept = node.Kind == RandomKind.Selector ? value : Keep(value);
                    context.Emit(i, new Packet(kept, context.Time.Moved(node.Shift)));
                }
            }

            return Outcome.Ok;
        }
    }

    private static int? Number(object? value) => value is NumberValue kept ? kept.Number : (int?)value;
}
