using System.Runtime.InteropServices;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Execution;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Frontends.Grpc;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Graphs.Execution;

/// <summary>Each run of a node is measured under the node's name, whichever way the graph is computed.</summary>
public sealed class NodeTimeTests
{
    private static readonly string s_graph = PublicGraph.Edge("in", "out") + PublicGraph.Infer("dummy", "B:in=b", "A:middle=a") + PublicGraph.Again("dummy", "B:middle=b", "A:out=a");

    [Test]
    [Arguments("", "OpenVINOInferenceCalculator 2; OpenVINOInferenceCalculator_2 2")]
    [Arguments("input_stream_handler { input_stream_handler: \"BarrierInputStreamHandler\" }", "OpenVINOInferenceCalculator 2; OpenVINOInferenceCalculator_2 2")]
    public async Task NodesOfAGraph_AreMeasured(string handler, string expected)
    {
        NodeTimes times = new();
        Servable model = ServedModel.Load("dummy");
        ServableRegistry registry = new(new Drain());
        registry.Publish(ServedModel.Table(model));
        Outcome<GraphDefinition> graph = GraphPlans.Read("g", s_graph + handler, out IGraphPlan? plan);
        await Assert.That(graph.Text).IsEqualTo("OK");
        await Assert.That(plan is StraightPlan).IsEqualTo(handler.Length == 0);
        foreach (NodeTimes? measured in (NodeTimes?[])[times, null, times])
        {
            using InferMessage message = Requests.Message(Requests.Raw("in", "FP32", [1, 10], MemoryMarshal.AsBytes<float>(new float[10]).ToArray()));
            message.PacketTime = 1;
            using GraphCallRun run = plan!.Begin(TestCalls.Of(registry), message, measured);
            await Assert.That((await run.ComputeAsync(CancellationToken.None)).Text).IsEqualTo("OK");
        }

        string[] seen = [.. times.All.Select(static node => $"{node.Key} {Enumerable.Range(0, TimeHistogram.Bounds.Length + 1).Sum(node.Value.CountIn)}")];
        await Assert.That(string.Join("; ", seen.Where(static node => node.Contains("Inference")))).IsEqualTo(expected);
        model.Retire();
        await model.Drained;
    }
}
