using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>String tensors: bytes go in and come out as they are; JSON can carry only those that are UTF-8.</summary>
public sealed class StringTests
{
    private static readonly byte[][] s_elements =
    [
        [],
        "short"u8.ToArray(),
        Encoding.UTF8.GetBytes(new string('x', 100_000)),
        "Grüße, 世界 🦊"u8.ToArray(),
        "nul\0inside"u8.ToArray(),
    ];

    private static OvmsServer s_server = null!;

    [Before(Class)]
    public static async Task StartServer() => s_server = await OvmsServer.StartAsync(Repo.Model("passthrough_string"), "strings");

    [After(Class)]
    public static async Task StopServer() => await s_server.DisposeAsync();

    [Test]
    public async Task RawContents_RoundTrip()
    {
        byte[][] elements = [.. s_elements, [0xFF, 0xFE, 0x00]];
        ModelInferResponse response = await s_server.Client.ModelInferAsync(
            Requests.For("strings").WithBytes("my_name", "BYTES", [elements.Length], Requests.Pack(elements)));
        await CheckAsync(elements, Requests.Unpack(response.Bytes("my_name")));
        await Assert.That(response.Outputs[0].Datatype).IsEqualTo("BYTES");
    }

    [Test]
    public async Task TypedContents_RoundTrip()
    {
        InferTensorContents contents = new();
        contents.BytesContents.AddRange(s_elements.Select(static element => ByteString.CopyFrom(element)));
        ModelInferResponse response = await s_server.Client.ModelInferAsync(Requests.For("strings").WithContents("my_name", "BYTES", [s_elements.Length], contents));
        await CheckAsync(s_elements, Requests.Unpack(response.Bytes("my_name")));
    }

    [Test]
    public async Task NoElements_RoundTrip()
    {
        ModelInferResponse response = await s_server.Client.ModelInferAsync(Requests.For("strings").WithBytes("my_name", "BYTES", [0], []));
        await Assert.That(response.Outputs[0].Shape).IsEquivalentTo([0L]);
        await Assert.That(response.Bytes("my_name")).IsEmpty();
    }

    [Test]
    public async Task Json_RoundTrips()
    {
        JsonArray data = [.. s_elements.Select(static element => (JsonNode)Encoding.UTF8.GetString(element))];
        JsonNode answer = JsonNode.Parse(await PostAsync(new JsonObject
        {
            ["inputs"] = new JsonArray(new JsonObject { ["name"] = "my_name", ["shape"] = new JsonArray(s_elements.Length), ["datatype"] = "BYTES", ["data"] = data }),
        }))!;
        byte[][] back = [.. answer["outputs"]![0]!["data"]!.AsArray().Select(static node => Encoding.UTF8.GetBytes((string)node!))];
        await CheckAsync(s_elements, back);
    }

    [Test]
    public async Task BytesThatAreNotUtf8_AreRefusedInJsonAndServedInBinary()
    {
        byte[] raw = Requests.Pack([0xC3, 0x28]);
        (int status, byte[] body) = await PostBinaryAsync(raw, binaryOutput: false);
        await Assert.That(status).IsEqualTo(400);
        await Assert.That(Encoding.UTF8.GetString(body)).Contains("my_name");
        await Assert.That(Encoding.UTF8.GetString(body)).Contains("UTF-8");
        (status, body) = await PostBinaryAsync(raw, binaryOutput: true);
        await Assert.That(status).IsEqualTo(200);
        await Assert.That(body[^raw.Length..]).IsEquivalentTo(raw);
    }

    [Test]
    public async Task LyingLengths_AreTheCallersFault()
    {
        byte[][] lies = [[255, 255, 255, 255], [5, 0, 0, 0, 1], [1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]];
        foreach (byte[] lie in lies)
        {
            RpcException fault = await Fault.OfAsync(async () => await s_server.Client.ModelInferAsync(Requests.For("strings").WithBytes("my_name", "BYTES", [1], lie)));
            await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument).Because(fault.Status.Detail);
        }
    }

    private static async Task CheckAsync(byte[][] expected, byte[][] actual)
    {
        await Assert.That(actual.Length).IsEqualTo(expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            await Assert.That(actual[i].SequenceEqual(expected[i])).IsTrue().Because($"element {i}");
        }
    }

    private static async Task<string> PostAsync(JsonObject body)
    {
        using HttpResponseMessage answer = await s_server.Http.PostAsync("/v2/models/strings/infer", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(200).Because(text);
        return text;
    }

    private static async Task<(int Status, byte[] Body)> PostBinaryAsync(byte[] raw, bool binaryOutput)
    {
        JsonObject json = new()
        {
            ["inputs"] = new JsonArray(new JsonObject
            {
                ["name"] = "my_name",
                ["shape"] = new JsonArray(1),
                ["datatype"] = "BYTES",
                ["parameters"] = new JsonObject { ["binary_data_size"] = raw.Length },
            }),
            ["parameters"] = new JsonObject { ["binary_data_output"] = binaryOutput },
        };
        byte[] header = Encoding.UTF8.GetBytes(json.ToJsonString());
        using HttpRequestMessage request = new(HttpMethod.Post, "/v2/models/strings/infer") { Content = new ByteArrayContent([.. header, .. raw]) };
        request.Headers.Add("Inference-Header-Content-Length", $"{header.Length}");
        using HttpResponseMessage answer = await s_server.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }
}
