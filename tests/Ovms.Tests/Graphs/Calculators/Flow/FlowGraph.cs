using Ovms.Graphs.Calculators.Flow;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;
using Ovms.Tests.Graphs.Scheduling;

namespace Ovms.Tests.Graphs.Calculators.Flow;

/// <summary>Binds calculators by their names in graphs.</summary>
internal static class FlowGraph
{
    /// <summary>Binds a calculator; throws what <see cref="CalculatorType.Bind"/> refuses.</summary>
    public static Func<NodePorts, BoundCalculator> Of(string calculator, object? options = null) => ports =>
    {
        Outcome<BoundCalculator> bound = Bind(calculator, ports, options);
        return bound.IsOk ? bound.Value : throw new InvalidOperationException(bound.Text);
    };

    /// <summary>Binds a calculator.</summary>
    public static Outcome<BoundCalculator> Bind(string calculator, NodePorts ports, object? options = null) =>
        FlowCalculators.All.Single(type => type.Name == calculator).Bind(ports, options);

    /// <summary>One calculator between the streams of a graph that have the names of its own.</summary>
    public static TestGraph One(string calculator, string inputs, string outputs, object? options = null, string sides = "")
    {
        TestGraph graph = new TestGraph().In(Names(inputs)).Out(Names(outputs));
        foreach (string side in Names(sides))
        {
            graph.InSide(side);
        }

        return graph.Node("n", inputs, outputs, Of(calculator, options), sidesIn: sides);
    }

    /// <summary>A vector of ints.</summary>
    public static ValueVector Vector(params object[] items) => new(items);

    private static string[] Names(string streams) =>
        [.. streams.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static stream => stream.Split(':')[^1])];
}
