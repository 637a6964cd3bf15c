using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>The package for Windows with the real engine: it serves, answers and stops as the one for Linux does.</summary>
[NotInParallel(Wine.Alone)]
public sealed class WindowsServingTests
{
    // Lengths on both sides of what Microsoft's strings keep in the object itself.
    private static readonly string[] s_texts =
        ["", "a", "fifteen bytes..", "sixteen bytes...", "Grüße, 世界 🦊", "nul\0inside", new string('x', 100_000)];

    private static OvmsServer? s_server;

    [Before(Class)]
    public static async Task StartServer()
    {
        if (!Wine.IsAvailable)
        {
            return;
        }

        // The file has the line ends of Windows and a mark at its start, as its editors write them.
        string models = string.Join(",\r\n", new[] { "dummy", "passthrough_string", "all_types", "accumulator", "dynamic" }
            .Select(static name => $$"""  {"config": {"name": "{{name}}", "base_path": "${MODELS}/{{name}}"{{(name == "accumulator" ? ", \"stateful\": true" : "")}} } }"""));
        s_folder = new ConfigFolder($"\uFEFF{{\r\n \"model_config_list\": [\r\n{models}\r\n ]\r\n}}\r\n");
        s_server = await s_folder.StartAsync("Ready after", "--metrics_enable");
    }

    private static ConfigFolder? s_folder;

    [After(Class)]
    public static async Task StopServer()
    {
        if (s_server is not null)
        {
            await s_server.DisposeAsync();
            s_folder!.Dispose();
        }
    }

    [Before(Test)]
    public void RequireWindows() => Wine.Require();

    [Test]
    public async Task Dummy_AnswersOverBothApisAndBothFronts()
    {
        await s_server!.CheckDummyAsync("dummy", calls: 20);
        using HttpResponseMessage kserve = await PostAsync(
            "/v2/models/dummy/infer",
            """{"inputs": [{"name": "b", "shape": [1, 10], "datatype": "FP32", "data": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}]}""");
        string answer = await kserve.Content.ReadAsStringAsync();
        await Assert.That(kserve.StatusCode).IsEqualTo(HttpStatusCode.OK).Because(answer);
        await Assert.That(JsonNode.Parse(answer)!["outputs"]![0]!["data"]!.ToJsonString()).IsEqualTo("[1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,10.0]");
        using HttpResponseMessage tfs = await PostAsync("/v1/models/dummy:predict", """{"inputs": {"b": [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]}}""");
        await Assert.That(await tfs.Content.ReadAsStringAsync()).Contains("10.0");
    }

    [Test]
    public async Task Strings_ComeBackByteForByte()
    {
        byte[][] elements = [.. s_texts.Select(Encoding.UTF8.GetBytes), [0xFF, 0xFE, 0x00]];
        ModelInferResponse response = await s_server!.Client.ModelInferAsync(
            Requests.For("passthrough_string").WithBytes("my_name", "BYTES", [elements.Length], Requests.Pack(elements)));
        await CheckAsync(elements, Requests.Unpack(response.Bytes("my_name")));
    }

    // Each output string is assigned over one of another length.
    [Test]
    public async Task Strings_OfChangingLengths_StayRight()
    {
        byte[][] rising = [.. Enumerable.Range(0, 65).Select(static length => Enumerable.Range(0, length).Select(static i => (byte)i).ToArray())];
        foreach (byte[][] elements in new[] { rising, [.. rising.Reverse()], rising[..3], rising })
        {
            ModelInferResponse response = await s_server!.Client.ModelInferAsync(
                Requests.For("passthrough_string").WithBytes("my_name", "BYTES", [elements.Length], Requests.Pack(elements)));
            await CheckAsync(elements, Requests.Unpack(response.Bytes("my_name")));
        }
    }

    [Test]
    public async Task Strings_InJson_ComeBack()
    {
        JsonArray data = [.. s_texts.Select(static text => (JsonNode)text)];
        JsonObject body = new()
        {
            ["inputs"] = new JsonArray(
                new JsonObject { ["name"] = "my_name", ["shape"] = new JsonArray(s_texts.Length), ["datatype"] = "BYTES", ["data"] = data }),
        };
        using HttpResponseMessage answer = await PostAsync("/v2/models/passthrough_string/infer", body.ToJsonString());
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.OK).Because(text);
        string[] back = [.. JsonNode.Parse(text)!["outputs"]![0]!["data"]!.AsArray().Select(static node => (string)node!)];
        await Assert.That(back.SequenceEqual(s_texts)).IsTrue();
    }

    [Test]
    public async Task DynamicShapes_AreComputed()
    {
        foreach (int rows in new[] { 1, 7, 300 })
        {
            ModelInferResponse response = await s_server!.Client.ModelInferAsync(
                Requests.For("dynamic").WithRaw("x", "FP32", [rows, 3], FloatCalls.Count(rows * 3, 0)));
            await Assert.That(response.Values<float>("y").SequenceEqual(FloatCalls.Count(rows * 3, 0).Select(static value => value * 2))).IsTrue();
        }
    }

    [Test]
    public async Task Metrics_AreServed()
    {
        string text = await s_server!.Http.GetStringAsync("/metrics");
        await Assert.That(text).Contains("ovms_requests_success");
        await Assert.That(text).Contains("process_resident_memory_bytes");
    }

    [Test]
    public async Task Health_IsToldByTheCommand()
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["health", "--rest_port", $"{s_server!.RestPort}"]);
        await Assert.That(code).IsEqualTo(0).Because(errors);
        await Assert.That(output).IsEqualTo($"The server at 127.0.0.1:{s_server.RestPort} is ready.");
        (code, output, errors) = await OvmsProcess.RunAsync(["health", "--port", $"{s_server.GrpcPort}"]);
        await Assert.That(code).IsEqualTo(0).Because(errors);
    }

    private static Task<HttpResponseMessage> PostAsync(string path, string json) =>
        s_server!.Http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    private static async Task CheckAsync(byte[][] expected, byte[][] actual)
    {
        await Assert.That(actual.Length).IsEqualTo(expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            await Assert.That(actual[i].SequenceEqual(expected[i])).IsTrue().Because($"element {i}");
        }
    }
}
