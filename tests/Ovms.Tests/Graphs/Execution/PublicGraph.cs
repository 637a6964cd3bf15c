using Ovms.Tests.Frontends.Grpc.Streaming;

namespace Ovms.Tests.Graphs.Execution;

/// <summary>
/// A graph like one that the original publishes, over the models dummy, summator, increment_1x3x4x5 and scalar, with what it must answer.
/// </summary>
/// <param name="Originals">The files of the original that have this form, in its folders demos/mediapipe, docs or src/test/mediapipe.</param>
/// <param name="Text">The graph.</param>
/// <param name="Inputs">The inputs of a request: name and shape; all FP32.</param>
/// <param name="Answer">The outputs by name, computed by the engine alone of the values of the inputs.</param>
internal sealed record PublicGraph(
    string Originals, string Text, (string Name, long[] Shape)[] Inputs, Func<EngineAlone, float[][], (string Name, float[] Values)[]> Answer)
{
    private static readonly long[] s_ten = [1, 10];
    private static readonly long[] s_image = [1, 3, 4, 5];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PublicGraph> All { get; } =
    [
        new(
            "demos/mediapipe/image_classification/graph.pbtxt; demos/benchmark/python",
            Edge("OVTENSOR:data", "OVTENSOR:prob") + Infer("increment_1x3x4x5", "DATA:data=input", "PROB:prob=output"),
            [("data", s_image)],
            static (engine, x) => [("prob", engine.Run("increment_1x3x4x5", x[0]))]),
        new(
            "demos/mediapipe/multi_model_graph/dummyAdd.pbtxt; graphadd.pbtxt; relative_paths/graph2/graphadd.pbtxt",
            Edge("OVTENSOR1:in_1 OVTENSOR2:in_2", "OVTENSOR:out")
                + Infer("dummy", "DUMMY_IN:in_1=b", "DUMMY_OUT:dummy_out=a") + Infer("summator", "ADD_1:dummy_out=b ADD_2:in_2=c", "SUM:out=sum"),
            [("in_1", s_ten), ("in_2", s_ten)],
            static (engine, x) => [("out", engine.Run("summator", engine.Run("dummy", x[0]), x[1]))]),
        new(
            "graphaddadapterfull.pbtxt; graphaddadapter.pbtxt; summator_graph.pbtxt; graph_two_inputs_model.pbtxt; two_input_graph.pbtxt; "
                + "relative_paths/graph1",
            Edge("in1 in2", "out") + Infer("summator", "ADD_INPUT1:in1=b ADD_INPUT2:in2=c", "SUM:out=sum"),
            [("in1", s_ten), ("in2", s_ten)],
            static (engine, x) => [("out", engine.Run("summator", x[0], x[1]))]),
        new(
            "graphdummy.pbtxt; graphdummyadapterfull.pbtxt; docs/streaming_endpoints.md",
            Edge("in", "out") + Infer("dummy", "B:in=b", "A:out=a"),
            [("in", s_ten)],
            static (engine, x) => [("out", engine.Run("dummy", x[0]))]),
        new(
            "graphdummyadapterfull_dummyinputnames.pbtxt; graphdummyadapterfull_dummyinputnames2.pbtxt; …_newpath.pbtxt",
            Edge("b", "a") + Infer("dummy", "B:b=b", "A:a=a"),
            [("b", s_ten)],
            static (engine, x) => [("a", engine.Run("dummy", x[0]))]),
        new(
            "graph_queue_dummyadapterfull_dummyinputnames_newpath.pbtxt",
            "# OVMS_GRAPH_QUEUE_MAX_SIZE: 1\n" + Edge("b", "a") + Infer("dummy", "B:b=b", "A:a=a"),
            [("b", s_ten)],
            static (engine, x) => [("a", engine.Run("dummy", x[0]))]),
        new(
            "graphdummyadapterfull_two_outputs.pbtxt",
            Edge("in", "out_1 out_2") + Infer("dummy", "B:in=b", "A:out_1=a") + Again("dummy", "D:in=b", "C:out_2=a"),
            [("in", s_ten)],
            static (engine, x) => [("out_1", engine.Run("dummy", x[0])), ("out_2", engine.Run("dummy", x[0]))]),
        new(
            "graphdummy_mp.pbtxt",
            Edge("TENSOR:in", "TENSOR:out") + Infer("dummy", "TENSOR_B:in=b", "TENSORA:out=a"),
            [("in", s_ten)],
            static (engine, x) => [("out", engine.Run("dummy", x[0]))]),
        new(
            "graphdummy_tf.pbtxt",
            Edge("TFTENSOR_1:in", "TFTENSOR:out") + Infer("dummy", "TFTENSOR_B:in=b", "TFTENSORA:out=a"),
            [("in", s_ten)],
            static (engine, x) => [("out", engine.Run("dummy", x[0]))]),
        new(
            "graphdummy_tflite.pbtxt, whose tensors may pass between nodes",
            Edge("in", "out") + Infer("dummy", "TFLITE_TENSOR_B:in=b", "TFLITE_TENSORA:middle=a")
                + Again("dummy", "TFLITE_TENSOR:middle=b", "OVTENSOR:out=a"),
            [("in", s_ten)],
            static (engine, x) => [("out", engine.Run("dummy", engine.Run("dummy", x[0])))]),
        new(
            "graphscalar.pbtxt",
            Edge("in", "out") + Infer("scalar", "B:in=model_scalar_input", "A:out=model_scalar_output"),
            [("in", [])],
            static (engine, x) => [("out", engine.Run("scalar", x[0]))]),
        new(
            "graphscalar_tf.pbtxt",
            Edge("TFTENSOR_1:in", "TFTENSOR:out") + Infer("scalar", "TFTENSOR_B:in=model_scalar_input", "TFTENSORA:out=model_scalar_output"),
            [("in", [])],
            static (engine, x) => [("out", engine.Run("scalar", x[0]))]),
        new(
            "graphpassthrough.pbtxt; graphovpassthrough.pbtxt; graphtfpassthrough.pbtxt",
            Edge("TENSOR:in1 OVTENSOR:in2 TFTENSOR:in3", "TENSOR:out1 OVTENSOR:out2 TFTENSOR:out3") + Node("PassThroughCalculator", "in1 in2 in3", "out1 out2 out3"),
            [("in1", s_ten), ("in2", s_image), ("in3", [2, 1])],
            static (_, x) => [("out1", x[0]), ("out2", x[1]), ("out3", x[2])]),
        new(
            "vectors of tensors, as the object detector's graph has them",
            Edge("in1 in2", "out")
                + Node("ConcatenateTensorVectorCalculator", "in1 in2", "both")
                + Order("summator", "OVTENSORS:both", "OVTENSORS2:sums", "b c", "sum")
                + Node("EndLoopTensorCalculator", "ITEM:item BATCH_END:end", "ITERABLE:again")
                + Node("BeginLoopTensorCalculator", "ITERABLE:sums", "ITEM:item BATCH_END:end")
                + Node("GetTensorVectorItemCalculator", "VECTOR:again", "ITEM:out"),
            [("in1", s_ten), ("in2", s_ten)],
            static (engine, x) => [("out", engine.Run("summator", x[0], x[1]))]),
    ];

    /// <summary>The streams at the edge.</summary>
    public static string Edge(string inputs, string outputs) => Streams("input", inputs) + Streams("output", outputs) + "\n";

    /// <summary>A session and an inference; each port is TAG:stream=tensor.</summary>
    public static string Infer(string model, string inputs, string outputs) => ServedGraph.Session(model) + Again(model, inputs, outputs);

    /// <summary>Another inference with the session.</summary>
    public static string Again(string model, string inputs, string outputs) => $$"""
        node {
          calculator: "OpenVINOInferenceCalculator" input_side_packet: "SESSION:{{model}}" {{Streams("input", inputs)}}{{Streams("output", outputs)}}
          node_options: { [type.googleapis.com/mediapipe.OpenVINOInferenceCalculatorOptions]: { {{Names("input", inputs)}} {{Names("output", outputs)}} } }
        }

        """;

    /// <summary>An inference with vectors of tensors.</summary>
    public static string Order(string model, string input, string output, string inputs, string outputs) => ServedGraph.Session(model) + $$"""
        node {
          calculator: "OpenVINOInferenceCalculator" input_side_packet: "SESSION:{{model}}" {{Streams("input", input)}}{{Streams("output", output)}}
          node_options: { [type.googleapis.com/mediapipe.OpenVINOInferenceCalculatorOptions]: {
            input_order_list: ["{{inputs.Replace(" ", "\", \"")}}"] output_order_list: ["{{outputs.Replace(" ", "\", \"")}}"] } }
        }

        """;

    /// <summary>A node without options.</summary>
    public static string Node(string calculator, string inputs, string outputs) =>
        $"node {{ calculator: \"{calculator}\" {Streams("input", inputs)}{Streams("output", outputs)}}}\n";

    /// <inheritdoc/>
    public override string ToString() => Originals;

    private static string Streams(string side, string ports) => string.Concat(ports.Split(' ').Select(port => $"{side}_stream: \"{port.Split('=')[0]}\" "));

    private static string Names(string side, string ports) => string.Join(' ', ports.Split(' ').Select(
        port => $"tag_to_{side}_tensor_names {{ key: \"{port.Split(':')[0]}\" value: \"{port.Split('=')[1]}\" }}"));
}
