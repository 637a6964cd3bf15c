using Ovms.Configuration.Graphs;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Execution;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Definitions;

/// <summary>Graphs with Python nodes, as far as no process is needed.</summary>
public sealed class PythonRulesTests
{
    private const string Good = """
        input_stream: "OVMS_PY_TENSOR:in" output_stream: "OVMS_PY_TENSOR:out"
        node {
          name: "one" calculator: "PythonExecutorCalculator" input_side_packet: "PYTHON_NODE_RESOURCES:py"
          input_stream: "IN:in" output_stream: "OUT:out"
          node_options: { [type.googleapis.com/mediapipe.PythonExecutorCalculatorOptions]: { handler_path: "h.py" } }
        }
        """;

    private const string Options = "node_options: { [type.googleapis.com/mediapipe.PythonExecutorCalculatorOptions]: { handler_path: \"h.py\" } }";

    [Test]
    [Arguments("", "", nameof(StatusCode.Ok), "")]
    [Arguments("handler_path: \"h.py\"", "handler_path: \"i.py\"", nameof(StatusCode.PythonNodeFileMissing), "i.py, which does not exist")]
    [Arguments("handler_path: \"h.py\"", "", nameof(StatusCode.GraphFileInvalid), "needs the field handler_path")]
    [Arguments(Options, "", nameof(StatusCode.PythonNodeMissingOptions), "handler_path")]
    [Arguments("name: \"one\"", "", nameof(StatusCode.PythonNodeMissingName), "needs a name")]
    [Arguments("input_side_packet: \"PYTHON_NODE_RESOURCES:py\"", "", nameof(StatusCode.GraphInitializationError), "needs input_side_packet: \"PYTHON_NODE_RESOURCES:py\"")]
    [Arguments("output_stream: \"OUT:out\"", "output_stream: \"OUT:out\" output_stream: \"LOOPBACK:l\"", nameof(StatusCode.GraphInitializationError), "If LOOPBACK is used")]
    [Arguments("input_stream: \"IN:in\"", "", nameof(StatusCode.GraphInitializationError), "it needs one input_stream and one output_stream at least")]
    public async Task Graph_IsRefusedWithTheTextOfTheOriginal(string good, string bad, string code, string told)
    {
        using TemporaryFolder folder = new();
        string text = good.Length == 0 ? Good : Good.Replace(good, bad, StringComparison.Ordinal);
        Outcome<GraphDefinition> graph = GraphPlans.Read(Path.Combine(folder.Path, "graph.pbtxt"), text, out _, allowsPython: true);
        await Assert.That($"{graph.Code}").IsEqualTo(code).Because(graph.Text);
        await Assert.That(graph.Detail ?? "").Contains(told);
    }

    [Test]
    public async Task NodesOfOneName_AreRefused()
    {
        using TemporaryFolder folder = new();
        string text = Good + Good[Good.IndexOf("node {", StringComparison.Ordinal)..].Replace("OUT:out", "OUT:more", StringComparison.Ordinal);
        Outcome<GraphDefinition> graph = GraphPlans.Read(Path.Combine(folder.Path, "graph.pbtxt"), text, out _, allowsPython: true);
        await Assert.That(graph.Code).IsEqualTo(StatusCode.PythonNodeNameExists);
    }

    [Test]
    public async Task WithoutTheOption_ItIsNamedWithTheNode()
    {
        Outcome<GraphDefinition> graph = GraphPlans.Read("g", Good, out _);
        await Assert.That(graph.Code).IsEqualTo(StatusCode.PythonNodesNotAllowed);
        await Assert.That(graph.Detail!).Contains("node one (PythonExecutorCalculator)").And.Contains("--allow_python_nodes");
    }

    [Test]
    [Arguments("input_stream: \"OVMS_PY_TENSOR:in\" output_stream: \"OVTENSOR:out\"", "")]
    [Arguments("input_stream: \"OVMS_PY_TENSOR1:in\" output_stream: \"OVTENSOR2:out\"", "")]
    [Arguments("input_stream: \"OVTENSOR:in\" output_stream: \"OVMS_PY_TENSOR:out\"", "does not say the name of the tensor in Python")]
    [Arguments("input_stream: \"OVTENSOR:in\" output_stream: \"OVTENSOR:out\"", "one of them with the tag OVMS_PY_TENSOR and the other with OVTENSOR")]
    public async Task Converter_HasOneStreamOfEachKind(string streams, string told)
    {
        string text = "input_stream: \"in\" output_stream: \"out\"\nnode { calculator: \"PyTensorOvTensorConverterCalculator\" " + streams + " }";
        Outcome<GraphDefinition> graph = GraphPlans.Read("g", text, out _);
        await Assert.That(graph.IsOk).IsEqualTo(told.Length == 0).Because(graph.Text);
        await Assert.That(graph.Detail ?? "").Contains(told);
    }

    [Test]
    public async Task FilesOfAGraph_AreHandlersAndLabels()
    {
        string more = "node { node_options: { [x]: { label_map_path: '/a/labels.txt' } } options { [y] { handler_path: \"h.py\" } } }";
        await Assert.That(GraphFiles.In(Good + more, "/folder").AsEnumerable()).IsEquivalentTo([Path.Combine("/folder", "h.py"), "/a/labels.txt"]);
        await Assert.That(GraphFiles.In("node {", "/folder").IsEmpty).IsTrue();
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-python-");

        public TemporaryFolder() => File.WriteAllText(System.IO.Path.Combine(Path, "h.py"), "");

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
