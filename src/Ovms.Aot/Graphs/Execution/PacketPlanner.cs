using System.Collections.Immutable;
using Ovms.Graphs.Calculators.Python;
using Ovms.Graphs.Calculators.Vision;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Interpreters;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>Makes the plan of a graph whose calls are computed by packets and queues.</summary>
internal static class PacketPlanner
{
    /// <summary>Makes the plan.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="python">Makes its Python nodes; null for a plan that is only checked.</param>
    /// <returns>The plan; or the first node that does not fit its streams or its options.</returns>
    public static Outcome<IGraphPlan> Plan(GraphDefinition graph, PythonNodes? python)
    {
        Outcome<GraphPlan> plan = Plan(graph, python, reportsTimes: false);
        return plan.IsOk ? new PacketPlan(graph, plan.Value) : plan.WithoutValue;
    }

    /// <summary>Makes the plan of the nodes and streams alone.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="python">Makes its Python nodes; null for a plan that is only checked.</param>
    /// <param name="reportsTimes">Whether observers are told which times are settled.</param>
    public static Outcome<GraphPlan> Plan(GraphDefinition graph, PythonNodes? python, bool reportsTimes)
    {
        Outcome read = ReadPolicy(graph.Path, graph.Config.InputStreamHandler, out InputPolicy? common);
        if (!read.IsOk)
        {
            return read;
        }

        GraphPlanBuilder builder = new()
        {
            MaxQueueSize = graph.Config.MaxQueueSize,
            ReportDeadlock = graph.Config.ReportDeadlock,
            ReportsTimes = reportsTimes,
        };
        foreach (GraphEdge input in graph.Inputs)
        {
            builder.AddInput(input.Name.Name, KindOf(input));
        }

        foreach (GraphEdge output in graph.Outputs)
        {
            builder.AddOutput(output.Name.Name, KindOf(output));
        }

        foreach (StreamName side in graph.InputSides)
        {
            builder.AddInputSide(side.Name, PacketKind.Any);
        }

        foreach (GraphNode node in graph.Nodes)
        {
            Outcome<NodeDefinition> added = NodeOf(graph.Path, node, common, python);
            if (!added.IsOk)
            {
                return added.WithoutValue;
            }

            builder.AddNode(added.Value);
        }

        Outcome<GraphPlan> plan = builder.Build();
        return plan.IsOk ? plan : Outcome.Fail(plan.Code, $"{graph.Path}: {plan.Detail}.");
    }

    private static Outcome ReadPolicy(string path, InputHandlerConfig? handler, out InputPolicy? policy)
    {
        policy = null;
        if (handler is null)
        {
            return Outcome.Ok;
        }

        Outcome<InputPolicy> read = PolicyReader.Read(path, handler);
        policy = read.Value;
        return read.WithoutValue;
    }

    private static Outcome<NodeDefinition> NodeOf(string path, GraphNode node, InputPolicy? common, PythonNodes? python)
    {
        NodePorts ports = new(Ports(node.Inputs), Ports(node.Outputs), Ports(node.InputSides), Ports(node.OutputSides));
        Outcome<BoundCalculator> bound = GraphCalculators.TypeOf(node.Calculator).Bind(ports, OptionsOf(path, node, python));
        if (!bound.IsOk)
        {
            return Outcome.Fail(bound.Code, $"{path}, {node.Config.Place}: {node.Described}: {bound.Detail}.");
        }

        Outcome read = ReadPolicy(path, node.Config.InputStreamHandler, out InputPolicy? policy);
        return read.IsOk
            ? new NodeDefinition(node.Name, node.Config.Calculator, bound.Value)
            {
                Inputs = Names(node.Inputs),
                Outputs = Names(node.Outputs),
                InputSides = Names(node.InputSides),
                OutputSides = Names(node.OutputSides),
                BackEdges = Ports(node.BackEdges),
                Policy = policy ?? common,
                MaxInFlight = node.Config.MaxInFlight,
                SourceLayer = node.Config.SourceLayer,
            }
            : read;
    }

    private static PacketKind KindOf(GraphEdge edge) => edge.Kind switch
    {
        EdgeKind.Image => VisionKinds.Image,
        EdgeKind.Request or EdgeKind.Response => PacketKind.Request,
        _ => PacketKind.Tensor,
    };

    // A path in options is relative to the graph's file.
    private static object? OptionsOf(string path, GraphNode node, PythonNodes? python) => node.Options switch
    {
        DetectionLabelIdToTextOptions labels => labels with { Folder = Path.GetDirectoryName(path) ?? "" },
        PythonExecutorOptions handler when python is not null =>
            handler with { Node = python.Of(PythonRules.HandlerOf(path, node, handler)) },
        _ => node.Options,
    };

    private static PortName[] Ports(ImmutableArray<StreamName> names) =>
        [.. names.Select(static name => new PortName(name.Tag, name.Index))];

    private static string[] Names(ImmutableArray<StreamName> names) => [.. names.Select(static name => name.Name)];
}
