using System.Globalization;
using System.Text;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Execution;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Definitions;

/// <summary>Every fault of a graph's text has the original's status, its place, and what to do.</summary>
public class GraphReaderTests
{
    private const string Good = """
        input_stream: "OVTENSOR:in"
        output_stream: "OVTENSOR:out"
        node {
          calculator: "OpenVINOModelServerSessionCalculator"
          output_side_packet: "SESSION:s"
          node_options: { [type.googleapis.com / mediapipe.OpenVINOModelServerSessionCalculatorOptions]: { servable_name: "m" servable_version: "1" } }
        }
        node {
          name: "infer"
          calculator: "OpenVINOInferenceCalculator"
          input_side_packet: "SESSION:s"
          input_stream: "B:in"
          output_stream: "A:out"
          options { [mediapipe.OpenVINOInferenceCalculatorOptions.ext] { tag_to_input_tensor_names { key: "B" value: "b" } } }
        }
        """;

    // Each with time to spare for what is linear; what compares all nodes with all others takes minutes.
    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task BigGraph_IsReadInTimeThatItsSizeExplains(bool isGood)
    {
        const int Nodes = 60_000;
        StringBuilder text = new($"input_stream: 'T:s0' output_stream: 'T:s{Nodes}'\n");
        for (int i = 0; i < Nodes; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"node {{ calculator: 'PassThroughCalculator' input_stream: '{(isGood ? "s" : "missing")}{i}' output_stream: 's{i + 1}' }}\n");
        }

        Outcome<GraphDefinition> graph = await Task.Run(() => GraphPlans.Read("g", text.ToString(), out _)).WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.That(graph.IsOk).IsEqualTo(isGood).Because(graph.Text);
    }

    [Test]
    public async Task GoodGraph_IsAPlanOfOneStep()
    {
        Outcome<GraphDefinition> graph = GraphPlans.Read("g", "# OVMS_GRAPH_QUEUE_MAX_SIZE: AUTO\nnum_threads: 4\n" + Good, out IGraphPlan? plan);
        await Assert.That(graph.Text).IsEqualTo("OK");
        await Assert.That(graph.Value!.Warnings.Single()).Contains("num_threads has no effect");
        StraightStep step = ((StraightPlan)plan!).Steps.Single();
        await Assert.That((step.Session.Model, step.Session.Version)).IsEqualTo(("m", "1"));
        await Assert.That(step.Inputs.Single()).IsEqualTo(("b", new TensorSource(-1, 0)));
        await Assert.That(step.Outputs.Single()).IsEqualTo("A");
    }

    [Test]
    [Arguments("# nothing", nameof(StatusCode.GraphFileInvalid), "g is empty")]
    [Arguments("node {", nameof(StatusCode.GraphFileInvalid), "g, line 1, column 7: the message node")]
    [Arguments("nodes { }", nameof(StatusCode.GraphFileInvalid), "g, line 1, column 1: mediapipe.CalculatorGraphConfig has no field nodes; did you mean node?")]
    [Arguments("num_threads: two", nameof(StatusCode.GraphFileInvalid), "num_threads is a whole number")]
    [Arguments("# OVMS_GRAPH_QUEUE_MAX_SIZE: -1\n" + Good, nameof(StatusCode.GraphFileInvalid), "g, line 1: OVMS_GRAPH_QUEUE_MAX_SIZE is AUTO or a number from 0; got -1")]
    [Arguments("max_queue_size: -7\n" + Good, nameof(StatusCode.GraphInitializationError), "g, line 1, column 1: max_queue_size is -7; expected: -1 for the server's own bound, or 1 and up")]
    [Arguments("max_queue_size: 0\n" + Good, nameof(StatusCode.GraphInitializationError), "max_queue_size is 0")]
    [Arguments("input_stream: 'a'", nameof(StatusCode.GraphInitializationError), "the graph has no output_stream")]
    [Arguments("input_stream: ['a', 'T:a'] output_stream: 'b'", nameof(StatusCode.GraphInputName), "the name a is given twice")]
    [Arguments("input_stream: 'a' output_stream: 'T:1:b'", nameof(StatusCode.GraphOutputName), "have a gap")]
    [Arguments("input_stream: 'a' output_stream: 'b' input_side_packet: 'Side'", nameof(StatusCode.GraphSidePacketName), "names no stream")]
    [Arguments("input_stream: 'TFLITE_TENSOR:a' output_stream: 'b'", nameof(StatusCode.NotImplemented), "TFLITE_TENSOR may not enter or leave")]
    [Arguments("input_stream: 'HTTP_REQUEST_PAYLOAD:a' output_stream: 'b'", nameof(StatusCode.NotImplemented), "generates text alone")]
    [Arguments("input_stream: 'REQUEST:a' output_stream: 'b'", nameof(StatusCode.GraphResponseMissing), "RESPONSE")]
    [Arguments("input_stream: 'a' output_stream: 'RESPONSE:b'", nameof(StatusCode.GraphRequestMissing), "REQUEST")]
    [Arguments("input_stream: ['REQUEST:a', 'b'] output_stream: 'RESPONSE:c'", nameof(StatusCode.GraphInputCount), "one input")]
    [Arguments("input_stream: 'REQUEST:a' output_stream: ['RESPONSE:b', 'c']", nameof(StatusCode.GraphOutputCount), "one output")]
    [Arguments("status_handler { } input_stream: 'a' output_stream: 'a'", nameof(StatusCode.GraphInitializationError), "status_handler is not served")]
    public async Task Fault_IsTold(string text, string code, string told)
    {
        Outcome<GraphDefinition> graph = GraphPlans.Read("g", text, out _);
        await Assert.That(graph.Detail!).Contains(told);
        await Assert.That(graph.Code).IsEqualTo(Enum.Parse<StatusCode>(code));
    }

    [Test]
    [Arguments("servable_name: \"m\" ", "", nameof(StatusCode.GraphFileInvalid), "line 6, column 19: mediapipe.OpenVINOModelServerSessionCalculatorOptions needs the field servable_name")]
    [Arguments("servable_version: \"1\"", "device: \"GPU\"", nameof(StatusCode.GraphFileInvalid), "has no field device; it belongs to the model in subconfig.json, as target_device or plugin_config")]
    [Arguments("options { [mediapipe.OpenVINOInferenceCalculatorOptions.ext] {", "options { [mediapipe.OpenVINOInferenceCalculatorOptions.ext] { plugin_config: '{}'", nameof(StatusCode.GraphFileInvalid), "has no field plugin_config; it belongs to the model in subconfig.json")]
    [Arguments("servable_version", "servable_versio", nameof(StatusCode.GraphFileInvalid), "did you mean servable_version?")]
    [Arguments("OpenVINOInferenceCalculatorOptions.ext", "GateCalculatorOptions.ext", nameof(StatusCode.GraphFileInvalid), "node infer has options of type mediapipe.GateCalculatorOptions; OpenVINOInferenceCalculator takes mediapipe.OpenVINOInferenceCalculatorOptions")]
    [Arguments("\"OpenVINOInferenceCalculator\"", "\"InferenceCalculator\"", nameof(StatusCode.GraphInitializationError), "calculator \"InferenceCalculator\" in node \"infer\" is not supported")]
    [Arguments("\"SESSION:s\"\n  input", "\"SESSION:t\"\n  input", nameof(StatusCode.GraphInitializationError), "t is made by no node")]
    [Arguments("\"A:out\"", "\"A:in\"", nameof(StatusCode.GraphInitializationError), "is made already as an input of the graph")]
    [Arguments("\"B:in\"", "\"B:out\"", nameof(StatusCode.GraphInitializationError), "the node infer waits for itself; mark the input that closes it")]
    [Arguments("input_stream: \"B:in\"", "input_stream: \"in\"", nameof(StatusCode.GraphInitializationError), "has no tag")]
    [Arguments("key: \"B\"", "key: \"X\"", nameof(StatusCode.GraphInitializationError), "names the tag X, which no input_stream has")]
    [Arguments("input_stream: \"B:in\"", "input_stream: \"OVTENSORS:in\"", nameof(StatusCode.GraphInitializationError), "list their names in input_order_list")]
    [Arguments("name: \"infer\"", "name: \"infer\" max_in_flight: -1", nameof(StatusCode.GraphInitializationError), "max_in_flight of node infer is a number from 0")]
    [Arguments("name: \"infer\"", "name: \"infer\" input_stream_info { tag_index: 'Q' back_edge: true }", nameof(StatusCode.GraphInitializationError), "tag_index \"Q\" names no input of node infer")]
    public async Task FaultOfANode_IsTold(string good, string bad, string code, string told)
    {
        Outcome<GraphDefinition> graph = GraphPlans.Read("g", Good.Replace(good, bad, StringComparison.Ordinal), out _);
        await Assert.That(graph.Detail!).Contains(told);
        await Assert.That(graph.Code).IsEqualTo(Enum.Parse<StatusCode>(code));
    }

    [Test]
    [Arguments("a:in,y:x b:x:y c:y:z d:z:out", "the nodes a, b wait for one another in a circle; mark the input that closes it: input_stream_info")]
    [Arguments("a:in:out s::/n/n", "the node s waits for itself through side packets; take one of them from elsewhere")]
    public async Task Circle_IsNamedWithoutTheNodesBehindIt(string nodes, string told)
    {
        string text = "input_stream: 'in' output_stream: 'out'\n" + string.Concat(nodes.Split(' ').Select(NodeText));
        Outcome<GraphDefinition> graph = GraphPlans.Read("g", text, out _);
        await Assert.That(graph.Detail!).Contains(told);

        static string NodeText(string node)
        {
            string[] halves = node.Split('/');
            string[] parts = halves[0].Split(':');
            return halves.Length > 1
                ? $"node {{ name: '{parts[0]}' calculator: 'StringToIntCalculator' input_side_packet: '{halves[1]}' output_side_packet: '{halves[2]}' }}\n"
                : $"node {{ name: '{parts[0]}' calculator: 'MergeCalculator' {Streams("input", parts[1])} {Streams("output", parts[2])} }}\n";
        }

        static string Streams(string side, string names) => string.Join(' ', names.Split(',').Select(name => $"{side}_stream: '{name}'"));
    }

    [Test]
    [Arguments("OVTENSOR1", nameof(EdgeKind.Tensor))]
    [Arguments("", nameof(EdgeKind.Tensor))]
    [Arguments("INPUT_A", nameof(EdgeKind.Tensor))]
    [Arguments("TENSOR", nameof(EdgeKind.MediaPipeTensor))]
    [Arguments("TFTENSOR_2", nameof(EdgeKind.TensorFlowTensor))]
    [Arguments("TFLITE_TENSOR", nameof(EdgeKind.TfLiteTensor))]
    [Arguments("REQUEST", nameof(EdgeKind.Request))]
    [Arguments("HTTP_REQUEST_PAYLOAD", nameof(EdgeKind.Http))]
    public async Task Tag_TellsTheKind(string tag, string kind) => await Assert.That(EdgeKinds.Of(tag).ToString()).IsEqualTo(kind);
}
