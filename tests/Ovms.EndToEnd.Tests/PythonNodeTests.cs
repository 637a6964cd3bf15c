using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using TUnit.Assertions.Enums;

namespace Ovms.EndToEnd.Tests;

/// <summary>Python nodes of the published binary: what handlers get and give over each API.</summary>
public sealed class PythonNodeTests
{
    private const string Endless =
        "try:\n    while True:\n        time.sleep(0.01)\n        yield [Tensor('out', x)]\nfinally:\n    print('dropped', x.decode(), flush=True)";

    private const string Upper = "return [Tensor('out', x.upper())]";

    // Numbers without numpy: the buffer protocol alone.
    private const string Twice = """
        import array
        values = inputs[0].data.cast('B').cast('f')
        return [Tensor('out', array.array('f', [2 * value for value in values]), inputs[0].shape, inputs[0].datatype)]
        """;

    [Test]
    public async Task Text_AsClientsOfTheOriginalSendIt()
    {
        using ConfigFolder folder = PythonGraph.Folder(Upper);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("g").WithBytes("in", "BYTES", [11], "hello world"u8.ToArray()));
        await Assert.That(Encoding.UTF8.GetString(answer.Bytes("out"))).IsEqualTo("HELLO WORLD");
        await Assert.That((answer.Outputs[0].Datatype, string.Join(",", answer.Outputs[0].Shape))).IsEqualTo(("UINT8", "11"));

        // Typed contents come with a length before each element.
        ModelInferRequest typed = Requests.For("g").WithContents(
            "in", "BYTES", [2], new InferTensorContents { BytesContents = { ByteString.CopyFromUtf8("ab"), ByteString.CopyFromUtf8("c") } });
        answer = await server.Client.ModelInferAsync(typed);
        await Assert.That(Requests.Unpack(answer.Bytes("out")).Select(Encoding.UTF8.GetString)).IsEquivalentTo(["AB", "C"], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Rest_TakesAndGivesStringsAndNumbers()
    {
        using ConfigFolder folder = PythonGraph.Folder("return [Tensor('out', x, inputs[0].shape, inputs[0].datatype)]");
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        JsonElement output = await PostAsync(server, """{"name": "in", "datatype": "BYTES", "shape": [2], "data": ["one", "zwei"]}""");
        await Assert.That(output.GetProperty("datatype").GetString()).IsEqualTo("BYTES");
        await Assert.That(output.GetProperty("data").EnumerateArray().Select(static text => text.GetString()!)).IsEquivalentTo(["one", "zwei"], CollectionOrdering.Matching);
        output = await PostAsync(server, """{"name": "in", "datatype": "INT64", "shape": [1, 3], "data": [[-1, 0, 5000000000]]}""");
        await Assert.That(output.GetProperty("data").EnumerateArray().Select(static number => number.GetInt64())).IsEquivalentTo([-1L, 0L, 5000000000L], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Numbers_KeepShapeAndDatatype()
    {
        using ConfigFolder folder = PythonGraph.Folder(Twice);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("g").WithRaw("in", "FP32", [2, 3], 0f, 1f, 2f, 3f, 4f, 5f));
        await Assert.That(answer.Values<float>("out").SequenceEqual([0f, 2f, 4f, 6f, 8f, 10f])).IsTrue();
        await Assert.That((answer.Outputs[0].Datatype, string.Join(",", answer.Outputs[0].Shape))).IsEqualTo(("FP32", "2,3"));
    }

    [Test]
    public async Task HugeTensor_ComesBackAsItWas()
    {
        using ConfigFolder folder = PythonGraph.Folder("return [Tensor('out', inputs[0])]");
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        float[] many = FloatCalls.Count(16 << 20);
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("g").WithRaw("in", "FP32", [4, 4 << 20], many));
        await Assert.That(answer.Values<float>("out").AsSpan().SequenceEqual(many)).IsTrue();
    }

    [Test]
    public async Task AnyDatatype_ComesThroughAsStated()
    {
        using ConfigFolder folder = PythonGraph.Folder(
            "t = inputs[0]\nassert (t.datatype, t.shape, t.data.format, t.data.shape, t.size) == ('my_string', (3,), 'B', (23,), 23), (t.datatype, t.shape)\nreturn [Tensor('out', t, (1, 2), 'other')]");
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        ModelInferResponse answer = await server.Client.ModelInferAsync(
            Requests.For("g").WithBytes("in", "my_string", [3], "null0terminated0string0"u8.ToArray()));
        await Assert.That((answer.Outputs[0].Datatype, string.Join(",", answer.Outputs[0].Shape))).IsEqualTo(("other", "1,2"));
        await Assert.That(Encoding.UTF8.GetString(answer.Bytes("out"))).IsEqualTo("null0terminated0string0");

        RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Requests.For("g").WithRaw("in", "FP32", [1000], 1f)));
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(refused.Status.Detail).Contains("FP32 with the shape [1000] has 4000");
    }

    [Test]
    public async Task NodesAroundAModel_ThroughConverters()
    {
        using ConfigFolder folder = new("""
            {"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}], "mediapipe_config_list": [{"name": "g"}]}
            """);
        const string Converters = """
            node { calculator: "PyTensorOvTensorConverterCalculator" input_stream: "OVMS_PY_TENSOR:before" output_stream: "OVTENSOR:taken" }
            node {
              calculator: "PyTensorOvTensorConverterCalculator" input_stream: "OVTENSOR:computed" output_stream: "OVMS_PY_TENSOR:after"
              node_options: { [type.googleapis.com/mediapipe.PyTensorOvTensorConverterCalculatorOptions]: {
                tag_to_output_tensor_names { key: "OVMS_PY_TENSOR" value: "result" } } }
            }

            """;
        folder.Write(
            "g/graph.pbtxt",
            GraphText.Edge(["OVMS_PY_TENSOR:text"], ["OVMS_PY_TENSOR:sum"]) + PythonGraph.Node("pre", "pre.py", ["IN:text"], ["OUT:before"]) + Converters
                + GraphText.Infer("dummy", ["IN:taken=b"], ["OUT:computed=a"]) + PythonGraph.Node("post", "post.py", ["IN:after"], ["OUT:sum"]));
        folder.Write("g/pre.py", PythonGraph.Handler("import array\nreturn [Tensor('before', array.array('f', map(float, x.split())), (1, 10))]"));
        folder.Write("g/post.py", PythonGraph.Handler("assert inputs[0].name == 'result', inputs[0].name\nreturn [Tensor('sum', str(sum(inputs[0].data.cast('B').cast('f'))).encode())]"));
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        ModelInferRequest request = Requests.For("g").WithBytes("text", "BYTES", [19], "0 1 2 3 4 5 6 7 8 9"u8.ToArray());
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        await Assert.That(Encoding.UTF8.GetString(answer.Bytes("sum"))).IsEqualTo("55.0");
    }

    [Test]
    public async Task Generator_AnswersARequestOfAStreamManyTimes()
    {
        using ConfigFolder folder = PythonGraph.Folder("for i in range(int(x)):\n    yield [Tensor('out', b'%d' % i)]", PythonGraph.Loop);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        using AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream = server.Client.ModelStreamInfer();
        ModelInferRequest request = Requests.For("g", id: "5").WithBytes("in", "BYTES", [1], "4"u8.ToArray());
        request.Parameters["OVMS_MP_TIMESTAMP"] = new InferParameter { Int64Param = 100 };
        await stream.RequestStream.WriteAsync(request);
        await stream.RequestStream.CompleteAsync();
        List<(string, long, string)> came = [];
        while (await stream.ResponseStream.MoveNext())
        {
            ModelInferResponse answer = stream.ResponseStream.Current.InferResponse;
            came.Add((Encoding.UTF8.GetString(answer.Bytes("out")), answer.Parameters["OVMS_MP_TIMESTAMP"].Int64Param, answer.Id));
        }

        await Assert.That(came).IsEquivalentTo([("0", 100L, "5"), ("1", 101L, "5"), ("2", 102L, "5"), ("3", 103L, "5")], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Generator_TakesOneRequestAtATime()
    {
        using ConfigFolder folder = PythonGraph.Folder(Endless, PythonGraph.Loop);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        using AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream = server.Client.ModelStreamInfer();
        ModelInferRequest first = Requests.For("g").WithBytes("in", "BYTES", [1], "a"u8.ToArray());
        first.Parameters["OVMS_MP_TIMESTAMP"] = new InferParameter { Int64Param = 100 };
        await stream.RequestStream.WriteAsync(first);
        for (int i = 0; i < 5; i++)
        {
            await Assert.That(await stream.ResponseStream.MoveNext()).IsTrue();
        }

        // A later time than that of the generator would wait for its end.
        ModelInferRequest second = Requests.For("g").WithBytes("in", "BYTES", [1], "b"u8.ToArray());
        second.Parameters["OVMS_MP_TIMESTAMP"] = new InferParameter { Int64Param = 101 };
        await stream.RequestStream.WriteAsync(second);
        RpcException busy = await Fault.OfAsync(async () =>
        {
            while (await stream.ResponseStream.MoveNext())
            {
            }
        });
        await Assert.That(busy.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(busy.Status.Detail).Contains("Node is already processing data. Create new stream for another request.");

        await server.Process.WaitForLineAsync(static line => line.Contains("dropped a", StringComparison.Ordinal));
        using AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> other = server.Client.ModelStreamInfer();
        await other.RequestStream.WriteAsync(Requests.For("g").WithBytes("in", "BYTES", [1], "c"u8.ToArray()));
        await Assert.That(await other.ResponseStream.MoveNext()).IsTrue();
    }

    // The first item comes when its caller has left.
    [Test]
    public async Task GeneratorOfACallerWhoHasLeft_IsDropped()
    {
        using ConfigFolder folder = PythonGraph.Folder("time.sleep(1)\n" + Endless, PythonGraph.Loop);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        using AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream =
            server.Client.ModelStreamInfer(deadline: DateTime.UtcNow.AddSeconds(0.3));
        await stream.RequestStream.WriteAsync(Requests.For("g").WithBytes("in", "BYTES", [1], "late"u8.ToArray()));
        await Fault.OfAsync(() => stream.ResponseStream.MoveNext());
        await server.Process.WaitForLineAsync(static line => line.Contains("dropped late", StringComparison.Ordinal));
    }

    [Test]
    public async Task TwoNodesOfOneFile_HaveStateOfTheirOwn()
    {
        using ConfigFolder folder = PythonGraph.Folder("");
        folder.Write("g/graph.pbtxt", GraphText.Edge(["OVMS_PY_TENSOR:in"], ["OVMS_PY_TENSOR1:one", "OVMS_PY_TENSOR2:two"])
            + PythonGraph.Node("first", "model.py", ["B:in"], ["A:one"]) + PythonGraph.Node("second", "model.py", ["B:in"], ["A:two"]));
        folder.Write("g/model.py", """
            from pyovms import Tensor
            import os
            calls = 0
            class OvmsPythonModel:
                def initialize(self, kwargs):
                    self.kwargs = kwargs
                def execute(self, inputs):
                    global calls
                    calls += 1
                    k = self.kwargs
                    text = f"{k['node_name']} {k['input_names']} {k['output_names']} {os.path.basename(k['base_path'])} {calls} {os.getpid()}"
                    return [Tensor(k['output_names'][0], text.encode())]
            """);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        ModelInferRequest request = Requests.For("g").WithBytes("in", "BYTES", [1], "x"u8.ToArray());
        await server.Client.ModelInferAsync(request);
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        string one = Encoding.UTF8.GetString(answer.Bytes("one"));
        string two = Encoding.UTF8.GetString(answer.Bytes("two"));
        await Assert.That(one).StartsWith("first ['in'] ['one'] g 2 ");
        await Assert.That(two).StartsWith("second ['in'] ['two'] g 2 ");
        await Assert.That(one.Split(' ')[^1]).IsNotEqualTo(two.Split(' ')[^1]);
    }

    [Test]
    public async Task Inputs_AreSortedByTag()
    {
        using ConfigFolder folder = PythonGraph.Folder("");
        folder.Write("g/graph.pbtxt", GraphText.Edge(["OVMS_PY_TENSOR_B:b", "OVMS_PY_TENSOR_A:a"], ["OVMS_PY_TENSOR:out"])
            + PythonGraph.Node("worker", "model.py", ["Y:b", "X:a"], ["OUT:out"]));
        folder.Write("g/model.py", PythonGraph.Handler("return [Tensor('out', ' '.join(t.name + bytes(t).decode() for t in inputs).encode())]"));
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        ModelInferRequest request = Requests.For("g").WithBytes("b", "BYTES", [1], "2"u8.ToArray()).WithBytes("a", "BYTES", [1], "1"u8.ToArray());
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        await Assert.That(Encoding.UTF8.GetString(answer.Bytes("out"))).IsEqualTo("a1 b2");
    }

    [Test]
    public async Task IncompleteInputsAndOutputs_AreTaken()
    {
        using ConfigFolder folder = PythonGraph.Folder("");
        folder.Write("g/graph.pbtxt", GraphText.Edge(["OVMS_PY_TENSOR1:prefix", "OVMS_PY_TENSOR2:text"], ["OVMS_PY_TENSOR1:out", "OVMS_PY_TENSOR2:none"])
            + PythonGraph.Node(
                "worker", "model.py", ["A:prefix", "B:text"], ["OUT:out", "NONE:none"],
                "input_stream_handler { input_stream_handler: \"ImmediateInputStreamHandler\" }"));
        folder.Write("g/model.py", PythonGraph.Handler(
            "if inputs[0].name == 'prefix':\n    self.prefix = x\n    return []\nreturn [Tensor('out', self.prefix + x)]"));
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        using AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream = server.Client.ModelStreamInfer();
        await stream.RequestStream.WriteAsync(Requests.For("g").WithBytes("prefix", "BYTES", [1], "a"u8.ToArray()));
        await stream.RequestStream.WriteAsync(Requests.For("g").WithBytes("text", "BYTES", [1], "b"u8.ToArray()));
        await Assert.That(await stream.ResponseStream.MoveNext()).IsTrue();
        await Assert.That(Encoding.UTF8.GetString(stream.ResponseStream.Current.InferResponse.Bytes("out"))).IsEqualTo("ab");
    }

    [Test]
    public async Task Numpy_ReadsAndMakesTensors()
    {
        using ConfigFolder folder = PythonGraph.Folder(
            "import numpy as np\na = np.array(inputs[0])\nb = np.frombuffer(inputs[0], dtype=np.float32)\nassert a.shape == (2, 3) and a.dtype == np.float32 and b.shape == (6,)\nreturn [Tensor('out', a.T + 1)]");
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        ModelInferRequest request = Requests.For("g").WithRaw("in", "FP32", [2, 3], 0f, 1f, 2f, 3f, 4f, 5f);
        ModelInferResponse answer;
        try
        {
            answer = await server.Client.ModelInferAsync(request);
        }
        catch (RpcException lacking) when (lacking.Status.Detail.Contains("No module named 'numpy'", StringComparison.Ordinal))
        {
            Skip.Test($"{PythonGraph.Python} has no numpy (Debian: python3-numpy).");
            throw;
        }

        await Assert.That(answer.Values<float>("out").SequenceEqual([1f, 4f, 2f, 5f, 3f, 6f])).IsTrue();
        await Assert.That((answer.Outputs[0].Datatype, string.Join(",", answer.Outputs[0].Shape))).IsEqualTo(("FP32", "3,2"));
    }

    private static async Task<JsonElement> PostAsync(OvmsServer server, string input)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/g/infer", new StringContent($$"""{"inputs": [{{input}}]}"""));
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.OK).Because(text);
        return JsonDocument.Parse(text).RootElement.GetProperty("outputs")[0];
    }
}
