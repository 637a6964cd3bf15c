using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Execution;
using Ovms.Graphs.Interpreters;
using Ovms.Serving;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Frontends.Grpc.Streaming;

/// <summary>A server of graphs over test models.</summary>
internal static class ServedGraph
{
    /// <summary>A node that adds 1, from one stream to another.</summary>
    public static string Dummy(string from, string to) => $$"""
        node {
          calculator: "OpenVINOInferenceCalculator" input_side_packet: "SESSION:dummy" input_stream: "B:{{from}}" output_stream: "A:{{to}}"
          node_options: { [type.googleapis.com/mediapipe.OpenVINOInferenceCalculatorOptions]: {
            tag_to_input_tensor_names { key: "B" value: "b" } tag_to_output_tensor_names { key: "A" value: "a" } } }
        }

        """;

    /// <summary>The session of a model, as a side packet of its name.</summary>
    public static string Session(string model) => $$"""
        node {
          calculator: "OpenVINOModelServerSessionCalculator" output_side_packet: "SESSION:{{model}}"
          node_options: { [type.googleapis.com/mediapipe.OpenVINOModelServerSessionCalculatorOptions]: { servable_name: "{{model}}" } }
        }

        """;

    /// <summary>Starts a server with the models dummy and summator, others, and a graph g.</summary>
    public static async Task<GrpcServer> StartAsync(string text, params string[] others)
    {
        GrpcServer server = await GrpcServer.StartAsync([.. ((string[])["dummy", "summator", .. others]).Select(static name => ServedModel.Load(name))]);
        Outcome<GraphDefinition> graph = GraphPlans.Read("g", text, out IGraphPlan? plan);
        Outcome<Signature> signature = graph.IsOk ? new GraphSignature(graph.Value, server.Registry.Current).Find() : graph.WithoutValue;
        if (!signature.IsOk)
        {
            throw new InvalidOperationException(signature.Text);
        }

        PythonNodes none = new("g", PythonSettings.None, NullLogger.Instance);
        GraphComposition composition = new(graph.Value!, plan!, none, TestCalls.Of(server.Served), TimeProvider.System);
        Servable served = new(new ServableId("g", 1), new LoadedModel(signature.Value, composition, compiled: null));
        server.Registry.Publish(ServedModel.Table([.. server.Registry.Current.Models.Select(static model => model.Versions.Single().Servable!), served]));
        return server;
    }
}
