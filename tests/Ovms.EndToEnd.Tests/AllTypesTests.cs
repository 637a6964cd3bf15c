using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Every element type through every encoding: what goes in comes out.</summary>
public sealed class AllTypesTests
{
    private static OvmsServer s_server = null!;

    [Before(Class)]
    public static async Task StartServer() => s_server = await OvmsServer.StartAsync(Repo.Model("all_types"), "all_types");

    [After(Class)]
    public static async Task StopServer() => await s_server.DisposeAsync();

    [Test]
    public async Task RawContents_RoundTrip()
    {
        ModelInferRequest request = Requests.For("all_types");
        foreach (Column column in Column.All)
        {
            request.WithBytes($"in_{column.Port}", column.Datatype, [1, 4], column.Raw);
        }

        await CheckAsync(await s_server.Client.ModelInferAsync(request));
    }

    [Test]
    public async Task TypedContents_RoundTrip()
    {
        ModelInferRequest request = Requests.For("all_types");
        foreach (Column column in Column.All)
        {
            request.WithContents($"in_{column.Port}", column.Datatype, [1, 4], column.Typed);
        }

        await CheckAsync(await s_server.Client.ModelInferAsync(request));
    }

    [Test]
    public async Task Json_RoundTrips()
    {
        JsonArray inputs = [.. Column.All.Select(static column => new JsonObject
        {
            ["name"] = $"in_{column.Port}",
            ["data"] = JsonNode.Parse(column.Json),
            ["shape"] = new JsonArray(1, 4),
            ["datatype"] = column.Datatype,
        })];
        using HttpResponseMessage answer = await s_server.Http.PostAsync(
            "/v2/models/all_types/infer", new StringContent(new JsonObject { ["inputs"] = inputs }.ToJsonString(), Encoding.UTF8, "application/json"));
        string body = await answer.Content.ReadAsStringAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(200).Because(body);
        JsonArray outputs = JsonNode.Parse(body)!["outputs"]!.AsArray();
        foreach (Column column in Column.All)
        {
            JsonNode output = outputs.Single(node => (string)node!["name"]! == $"out_{column.Port}")!;
            await Assert.That((string)output["datatype"]!).IsEqualTo(column.Datatype);
            string[] expected = [.. JsonNode.Parse(column.Json)!.AsArray().Select(static node => node!.ToJsonString())];
            string[] actual = [.. output["data"]!.AsArray().Select(static node => node!.ToJsonString())];
            await Assert.That(Same(column.Datatype, expected, actual)).IsTrue().Because($"{column.Port}: {string.Join(",", actual)}");
        }
    }

    [Test]
    public async Task BinaryRest_RoundTrips()
    {
        JsonArray inputs = [.. Column.All.Select(static column => new JsonObject
        {
            ["name"] = $"in_{column.Port}",
            ["shape"] = new JsonArray(1, 4),
            ["datatype"] = column.Datatype,
            ["parameters"] = new JsonObject { ["binary_data_size"] = column.Raw.Length },
        })];
        byte[] header = Encoding.UTF8.GetBytes(new JsonObject { ["inputs"] = inputs, ["parameters"] = new JsonObject { ["binary_data_output"] = true } }.ToJsonString());
        using HttpRequestMessage request = new(HttpMethod.Post, "/v2/models/all_types/infer")
        {
            Content = new ByteArrayContent([.. header, .. Column.All.SelectMany(static column => column.Raw)]),
        };
        request.Headers.Add("Inference-Header-Content-Length", $"{header.Length}");
        using HttpResponseMessage answer = await s_server.Http.SendAsync(request);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(200).Because(Encoding.UTF8.GetString(body));
        int jsonLength = int.Parse(answer.Headers.GetValues("Inference-Header-Content-Length").Single(), CultureInfo.InvariantCulture);
        int at = jsonLength;
        foreach (JsonNode? output in JsonNode.Parse(body.AsSpan(0, jsonLength))!["outputs"]!.AsArray())
        {
            int size = (int)output!["parameters"]!["binary_data_size"]!;
            Column column = Column.All.Single(column => $"out_{column.Port}" == (string)output["name"]!);
            await Assert.That(body[at..(at + size)]).IsEquivalentTo(column.Raw);
            at += size;
        }

        await Assert.That(at).IsEqualTo(body.Length);
    }

    private static async Task CheckAsync(ModelInferResponse response)
    {
        foreach (Column column in Column.All)
        {
            await Assert.That(response.Outputs.Single(output => output.Name == $"out_{column.Port}").Datatype).IsEqualTo(column.Datatype);
            await Assert.That(response.Bytes($"out_{column.Port}")).IsEquivalentTo(column.Raw).Because(column.Port);
        }
    }

    private static bool Same(string datatype, string[] expected, string[] actual) =>
        datatype switch
        {
            // Shortest digits that give the same number of this type back, as any client that parses into the type gets it.
            "FP16" => expected.Select(static text => Half.Parse(text, CultureInfo.InvariantCulture)).SequenceEqual(actual.Select(static text => Half.Parse(text, CultureInfo.InvariantCulture))),
            "BF16" or "FP32" => expected.Select(static text => float.Parse(text, CultureInfo.InvariantCulture)).SequenceEqual(actual.Select(static text => float.Parse(text, CultureInfo.InvariantCulture))),
            "FP64" => expected.Select(static text => double.Parse(text, CultureInfo.InvariantCulture)).SequenceEqual(actual.Select(static text => double.Parse(text, CultureInfo.InvariantCulture))),
            _ => expected.SequenceEqual(actual),
        };

    private sealed record Column(string Port, string Datatype, byte[] Raw, string Json, InferTensorContents Typed)
    {
        public static Column[] All { get; } =
        [
            new("boolean", "BOOL", [1, 0, 1, 1], "[true,false,true,true]", new() { BoolContents = { true, false, true, true } }),
            Of<sbyte>("i8", "INT8", [sbyte.MinValue, -1, 0, sbyte.MaxValue], new() { IntContents = { sbyte.MinValue, -1, 0, sbyte.MaxValue } }),
            Of<byte>("u8", "UINT8", [0, 1, 128, byte.MaxValue], new() { UintContents = { 0, 1, 128, byte.MaxValue } }),
            Of<short>("i16", "INT16", [short.MinValue, -1, 0, short.MaxValue], new() { IntContents = { short.MinValue, -1, 0, short.MaxValue } }),
            Of<ushort>("u16", "UINT16", [0, 1, 32768, ushort.MaxValue], new() { UintContents = { 0, 1, 32768, ushort.MaxValue } }),
            Of<int>("i32", "INT32", [int.MinValue, -1, 0, int.MaxValue], new() { IntContents = { int.MinValue, -1, 0, int.MaxValue } }),
            Of<uint>("u32", "UINT32", [0, 1, 1u << 31, uint.MaxValue], new() { UintContents = { 0, 1, 1u << 31, uint.MaxValue } }),
            // OpenVINO's CPU plugin keeps 32 bits of I64 and U64 and a float's precision of F64, even where a model only moves them: the
            // values fit. That the wire carries all 64 bits is tested on the marshalers.
            Of<long>("i64", "INT64", [int.MinValue, -1, 1L << 30, int.MaxValue], new() { Int64Contents = { int.MinValue, -1, 1L << 30, int.MaxValue } }),
            Of<ulong>("u64", "UINT64", [0, 1, 1UL << 30, int.MaxValue], new() { Uint64Contents = { 0, 1, 1UL << 30, int.MaxValue } }),
            new("f16", "FP16", Bytes<Half>([(Half)(-1.5), (Half)0.25, (Half)1, Half.MaxValue]), "[-1.5,0.25,1,65504]", new() { Fp32Contents = { -1.5f, 0.25f, 1, 65504 } }),
            new("bf16", "BF16", Bytes<ushort>([0xBFC0, 0x3E80, 0x3F80, 0x4300]), "[-1.5,0.25,1,128]", new() { Fp32Contents = { -1.5f, 0.25f, 1, 128 } }),
            new("f32", "FP32", Bytes<float>([-1.5f, 0.1f, float.Epsilon, float.MaxValue]), "[-1.5,0.1,1E-45,3.4028235E+38]", new() { Fp32Contents = { -1.5f, 0.1f, float.Epsilon, float.MaxValue } }),
            new("f64", "FP64", Bytes<double>([-1.5, 0.25, 1048576, -3]), "[-1.5,0.25,1048576,-3]", new() { Fp64Contents = { -1.5, 0.25, 1048576, -3 } }),
        ];

        private static Column Of<T>(string port, string datatype, T[] values, InferTensorContents typed)
            where T : unmanaged, IFormattable =>
            new(port, datatype, Bytes<T>(values), $"[{string.Join(',', values.Select(static value => value.ToString(null, CultureInfo.InvariantCulture)))}]", typed);

        private static byte[] Bytes<T>(T[] values)
            where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
    }
}
