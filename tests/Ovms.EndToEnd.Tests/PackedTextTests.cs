using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Strings for models that know none: rows of U8 with a NUL behind each text, in and out.</summary>
public sealed class PackedTextTests
{
    private static readonly string[] s_texts = ["one", "", "Grüße, 世界"];
    private static TinyModel s_model = null!;
    private static OvmsServer s_server = null!;

    [Before(Class)]
    public static async Task StartServer()
    {
        s_model = new TinyModel("u8", "?,?", "text", "back_string");
        s_server = await OvmsServer.StartAsync(s_model.Path, "texts");
    }

    [After(Class)]
    public static async Task StopServer()
    {
        await s_server.DisposeAsync();
        s_model.Dispose();
    }

    [Test]
    public async Task Texts_GoInAndComeOutAsStrings()
    {
        byte[][] elements = [.. s_texts.Select(Encoding.UTF8.GetBytes)];
        ModelInferResponse response = await s_server.Client.ModelInferAsync(Requests.For("texts").WithBytes("text", "BYTES", [3], Requests.Pack(elements)));
        await Assert.That(response.Outputs[0].Datatype).IsEqualTo("BYTES");
        await Assert.That(response.Outputs[0].Shape).IsEquivalentTo([3L]);
        await Assert.That(string.Join('|', Requests.Unpack(response.Bytes("back_string")).Select(Encoding.UTF8.GetString))).IsEqualTo(string.Join('|', s_texts));
    }

    [Test]
    public async Task Json_CarriesThemBothWays()
    {
        JsonObject body = new()
        {
            ["inputs"] = new JsonArray(new JsonObject
            {
                ["name"] = "text", ["shape"] = new JsonArray(3), ["datatype"] = "BYTES", ["data"] = new JsonArray([.. s_texts.Select(static text => (JsonNode)text)]),
            }),
        };
        using HttpResponseMessage answer = await s_server.Http.PostAsync("/v2/models/texts/infer", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        JsonNode output = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["outputs"]![0]!;
        await Assert.That((string)output["datatype"]!).IsEqualTo("BYTES");
        await Assert.That(string.Join('|', output["data"]!.AsArray().Select(static node => (string)node!))).IsEqualTo(string.Join('|', s_texts));
    }

    [Test]
    public async Task Rows_AreTakenToo()
    {
        ModelInferResponse response = await s_server.Client.ModelInferAsync(Requests.For("texts").WithBytes("text", "UINT8", [2, 3], "ab\0xyz"u8.ToArray()));
        await Assert.That(string.Join('|', Requests.Unpack(response.Bytes("back_string")).Select(Encoding.UTF8.GetString))).IsEqualTo("ab|xyz");
    }

    [Test]
    public async Task Metadata_TellsStringsOnlyOfTheOutput()
    {
        ModelMetadataResponse metadata = await s_server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "texts" });
        await Assert.That(metadata.Inputs.Single().Datatype).IsEqualTo("UINT8");
        await Assert.That(metadata.Inputs.Single().Shape).IsEquivalentTo([-1L, -1]);
        await Assert.That(metadata.Outputs.Single().Datatype).IsEqualTo("BYTES");
        await Assert.That(metadata.Outputs.Single().Shape).IsEquivalentTo([-1L]);
    }

    [Test]
    public async Task TextBeyondTheRow_IsTheCallersFault()
    {
        using TinyModel model = new("u8", "2,6", "text", "rows");
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "texts");
        RpcException fault = await Fault.OfAsync(
            async () => await server.Client.ModelInferAsync(Requests.For("texts").WithBytes("text", "BYTES", [2], Requests.Pack("abcdef"u8.ToArray(), "x"u8.ToArray()))));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(fault.Status.Detail).IsEqualTo("Invalid input shape - Expected batch size: 2; got: 2; Expected max null terminated string length: 6; got: 7; input name: text");
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("texts").WithBytes("text", "BYTES", [2], Requests.Pack("abcde"u8.ToArray(), "x"u8.ToArray())));
        await Assert.That(response.Outputs[0].Datatype).IsEqualTo("UINT8");
        await Assert.That(Encoding.UTF8.GetString(response.Bytes("rows"))).IsEqualTo("abcde\0x\0\0\0\0\0");
    }
}
