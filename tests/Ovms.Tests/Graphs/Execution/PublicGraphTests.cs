using System.Runtime.InteropServices;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Frontends.Grpc;
using Ovms.Tests.Frontends.Grpc.Streaming;

namespace Ovms.Tests.Graphs.Execution;

/// <summary>
/// Every graph of the original's repository that needs only inference and flow control has one like it here, whose answers the engine
/// alone gives.
/// </summary>
public sealed class PublicGraphTests
{
    // Graphs whose behaviour another test shows: the original's file, and the test.
    private static readonly (string Original, string File, string Test)[] s_elsewhere =
    [
        ("cli/graph.pbtxt; cli/subconfig/graph.pbtxt", "Ovms.EndToEnd.Tests/GraphTests.cs", "GraphFromTheCommandLine_IsServed"),
        ("graphadapterfull_two_outputs_dag.pbtxt", "Ovms.EndToEnd.Tests/GraphEdgeTests.cs", "Session_MayNameAPipelineOfTwoInputsAndOutputs"),
        ("graphkfspass.pbtxt", "Ovms.EndToEnd.Tests/GraphEdgeTests.cs", "WholeRequest_ComesBackAsTheResponse"),
        ("graphdummynonexistentcalculator.pbtxt", "Ovms.EndToEnd.Tests/GraphTests.cs", "Check_TellsFaultsOfGraphs"),
        ("negative/graph_no_calc_output_stream", "Ovms.EndToEnd.Tests/GraphTests.cs", "Check_TellsFaultsOfGraphs"),
        ("docs: timestamps of a stream", "Ovms.Tests/Frontends/Grpc/Streaming/GraphStreamTests.cs", "EachRequest_IsAnsweredWithItsIdAndTime"),
        ("graphimageinput.pbtxt", "Ovms.EndToEnd.Tests/GraphImageTests.cs", "IMAGE"),
        ("demos/mediapipe/object_detection", "Ovms.EndToEnd.Tests/GraphImageTests.cs", "SsdAnchorsCalculator"),
    ];

    public static IEnumerable<int> Indices() => Enumerable.Range(0, PublicGraph.All.Count);

    [Test]
    [MethodDataSource(nameof(Indices))]
    public async Task Graph_AnswersWhatTheEngineAloneDoes(int index)
    {
        PublicGraph graph = PublicGraph.All[index];
        using EngineAlone engine = new();
        await using GrpcServer server = await ServedGraph.StartAsync(graph.Text, "increment_1x3x4x5", "scalar");
        for (int call = 0; call < 3; call++)
        {
            Random random = new(call);
            float[][] values = [.. graph.Inputs.Select(input => Enumerable.Range(0, (int)input.Shape.Aggregate(1L, static (all, size) => all * size))
                .Select(_ => random.NextSingle() - 0.5f).ToArray())];
            ModelInferResponse answer = await server.Client.ModelInferAsync(RequestOf(graph, values));
            (string Name, float[] Values)[] right = graph.Answer(engine, values);
            await Assert.That(answer.Outputs.Select(static output => output.Name)).IsEquivalentTo(right.Select(static output => output.Name));
            foreach ((string name, float[] expected) in right)
            {
                int place = answer.Outputs.Select(static output => output.Name).ToList().IndexOf(name);
                float[] actual = MemoryMarshal.Cast<byte, float>(answer.RawOutputContents[place].Span).ToArray();
                await Assert.That(actual.SequenceEqual(expected)).IsTrue().Because($"{graph}, {name}");
            }
        }
    }

    // Counterpart of graphWithParams.pbtxt, whose parameters of the request become side packets.
    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task ParametersOfARequest_AreSidePacketsOfNodes(bool allow)
    {
        string text = PublicGraph.Edge("in", "out") + "input_side_packet: \"open\"\n"
            + "node { calculator: \"GateCalculator\" input_stream: \"in\" input_side_packet: \"ALLOW:open\" output_stream: \"passed\" }\n"
            + PublicGraph.Infer("dummy", "B:passed=b", "A:out=a");
        await using GrpcServer server = await ServedGraph.StartAsync(text);
        ModelInferRequest request = RequestOf(PublicGraph.All.Single(static graph => graph.Originals.StartsWith("graphdummy.pbtxt", StringComparison.Ordinal)), [new float[10]]);
        request.Parameters["open"] = new InferParameter { BoolParam = allow };
        if (allow)
        {
            await Assert.That((await server.Client.ModelInferAsync(request)).Outputs.Single().Name).IsEqualTo("out");
            return;
        }

        Grpc.Core.RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(request)).Throws<Grpc.Core.RpcException>())!;
        await Assert.That(refused.Status.Detail).Contains("the output out got no packet");
    }

    [Test]
    public async Task GraphsThatOtherTestsShow_AreThere()
    {
        string[] missing =
        [
            .. s_elsewhere.Where(static row => !File.ReadAllText(SourceTree.PathOf($"tests/{row.File}")).Contains(row.Test, StringComparison.Ordinal))
                .Select(static row => $"{row.Original}: {row.Test} is not in {row.File}"),
        ];
        await Assert.That(missing).IsEmpty();
    }

    private static ModelInferRequest RequestOf(PublicGraph graph, float[][] values)
    {
        ModelInferRequest request = new() { ModelName = "g" };
        for (int i = 0; i < values.Length; i++)
        {
            request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = graph.Inputs[i].Name, Datatype = "FP32", Shape = { graph.Inputs[i].Shape } });
            request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values[i])));
        }

        return request;
    }
}
