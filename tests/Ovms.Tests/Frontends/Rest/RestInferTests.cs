using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ovms.Frontends.Rest;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Tests.Serving;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Frontends.Rest;

internal sealed class RestInferTests
{
    private const string DummyJson = """{"id":"q7","inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}""";
    private static readonly float[] s_input = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    private static readonly float[] s_expected = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Test]
    [Arguments("/v2/models/dummy/infer")]
    [Arguments("/v2/models/dummy/versions/1/infer")]
    public async Task Json_ComesBackAsJson(string path)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        HttpResponseMessage response = await server.Client.PostAsync(path, new StringContent(DummyJson));
        using JsonDocument answer = await JsonAsync(response);
        JsonElement root = answer.RootElement;
        await Assert.That(string.Join(' ', root.EnumerateObject().Select(static p => p.Name))).IsEqualTo("model_name id model_version outputs");
        await Assert.That(root.GetProperty("model_name").GetString()).IsEqualTo("dummy");
        await Assert.That(root.GetProperty("id").GetString()).IsEqualTo("q7");
        await Assert.That(root.GetProperty("model_version").GetString()).IsEqualTo("1");
        JsonElement output = root.GetProperty("outputs")[0];
        await Assert.That(output.GetProperty("name").GetString()).IsEqualTo("a");
        await Assert.That(output.GetProperty("datatype").GetString()).IsEqualTo("FP32");
        await Assert.That(output.GetProperty("shape").GetRawText()).IsEqualTo("[1,10]");
        await Assert.That(output.GetProperty("data").EnumerateArray().Select(static v => v.GetSingle())).IsEquivalentTo(s_expected, CollectionOrdering.Matching);
        await Assert.That(response.Headers.Contains(InferRoute.LengthHeader)).IsFalse();
    }

    [Test]
    [Arguments("""{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"binary_data_size":40}}],"outputs":[{"name":"a","parameters":{"binary_data":true}}]}""")]
    [Arguments("""{"parameters":{"binary_data_output":true},"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32"}]}""")]
    [Arguments("""{"parameters":{"binary_data_output":true},"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32"}],"outputs":[{"name":"a"}]}""")]
    public async Task Bytes_ComeBackAsBytes(string json)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        HttpResponseMessage response = await server.Client.PostAsync("/v2/models/dummy/infer", Binary(json, s_input));
        await Assert.That(await BinaryOutputAsync(response)).IsEquivalentTo(s_expected, CollectionOrdering.Matching);
        await Assert.That(response.Content.Headers.ContentType?.ToString()).IsEqualTo("application/json");
    }

    [Test]
    public async Task RawBody_ComesBackAsBytes()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        HttpResponseMessage response = await server.Client.PostAsync("/v2/models/dummy/infer", Binary("", s_input));
        await Assert.That(await BinaryOutputAsync(response)).IsEquivalentTo(s_expected, CollectionOrdering.Matching);
    }

    // The server asks for the body after it has read the headers; a table published after that must not change which model answers.
    [Test]
    public async Task ModelThatTheHeadNamed_Answers_ThoughANewerTableIsPublishedBeforeTheBodyComes()
    {
        await using RestServer server = await RestServer.StartAsync();
        Servable named = DummyServable.Make(version: 1);
        server.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Available, named)])]));
        using NetworkStream wire = await server.ConnectAsync();
        using StreamReader reader = new(wire);
        await wire.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {DummyJson.Length}\r\n\r\n"));
        await Assert.That(await reader.ReadLineAsync()).IsEqualTo("HTTP/1.1 100 Continue");

        server.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(2, ServableState.Available, server.Load("dummy", 2))])]));
        named.Retire();
        await wire.WriteAsync(Encoding.ASCII.GetBytes(DummyJson));
        await Assert.That(await reader.ReadToEndAsync()).Contains("\"model_version\":\"1\"");
        await named.Drained.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task BodyThatCannotBeRead_IsAFailedCallOfItsModel()
    {
        await using RestServer server = await RestServer.StartAsync();
        Servable dummy = server.Load("dummy");
        server.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Available, dummy)])]));
        foreach (string path in (string[])["/v2/models/dummy/infer", "/v1/models/dummy:predict"])
        {
            await RestFrontendTests.ExpectErrorAsync(await server.Client.PostAsync(path, new StringContent("{")), HttpStatusCode.BadRequest, "JSON");
        }

        await Assert.That(dummy.Statistics.Read().Fail.Count).IsEqualTo(2);
    }

    [Test]
    public async Task RawBodyOfWrongSize_IsTheCallersFault()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        HttpResponseMessage response = await server.Client.PostAsync("/v2/models/dummy/infer", Binary("", s_input.AsSpan(1)));
        await RestFrontendTests.ExpectErrorAsync(response, HttpStatusCode.BadRequest, "40 bytes; Actual: 36 bytes");
    }

    [Test]
    [Arguments("gzip", "gzip")]
    [Arguments("deflate", "deflate")]
    [Arguments(null, "gzip, deflate, br")]
    public async Task CompressedBodies_AreReadAndWritten(string? sent, string accepted)
    {
        await using RestServer server = await RestServer.ServeAsync("dynamic");
        float[] values = [.. Enumerable.Range(0, 1000).Select(static i => i % 7 * 0.5f)];
        byte[] json = Encoding.UTF8.GetBytes($$"""{"inputs":[{"name":"x","shape":[{{values.Length / 8}},8],"datatype":"FP32","data":[{{string.Join(',', values)}}]}]}""");
        ByteArrayContent content = new(sent switch { "gzip" => InferBodies.Gzip(json), "deflate" => InferBodies.Zlib(json), _ => json });
        if (sent is not null)
        {
            content.Headers.ContentEncoding.Add(sent);
        }

        using HttpRequestMessage request = new(HttpMethod.Post, "/v2/models/dynamic/infer") { Content = content };
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using HttpClient unpacking = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = server.Client.BaseAddress };
        HttpResponseMessage response = await unpacking.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        await Assert.That(response.Content.Headers.ContentEncoding.SingleOrDefault()).IsEqualTo(sent);
        using Stream plain = sent switch
        {
            "gzip" => new System.IO.Compression.GZipStream(new MemoryStream(body), System.IO.Compression.CompressionMode.Decompress),
            "deflate" => new System.IO.Compression.ZLibStream(new MemoryStream(body), System.IO.Compression.CompressionMode.Decompress),
            _ => new MemoryStream(body),
        };
        using JsonDocument answer = await JsonDocument.ParseAsync(plain);
        await Assert.That(answer.RootElement.GetProperty("outputs")[0].GetProperty("data").GetArrayLength()).IsEqualTo(values.Length);
    }

    [Test]
    public async Task UnknownCoding_TellsTheOnesThatAreRead()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        StringContent content = new(DummyJson);
        content.Headers.ContentEncoding.Add("br");
        HttpResponseMessage response = await server.Client.PostAsync("/v2/models/dummy/infer", content);
        await Assert.That(response.Headers.GetValues("Accept-Encoding").Single()).IsEqualTo("gzip, deflate");
        await RestFrontendTests.ExpectErrorAsync(response, HttpStatusCode.UnsupportedMediaType, "Actual: br");
    }

    [Test]
    [Arguments("{", "The file is not valid json")]
    [Arguments("", "The file is not valid json")]
    [Arguments("""{"inputs":[]}""", "Invalid number of inputs - Expected: 1; Actual: 0")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1,10],"datatype":"FP32","data":[1]}]}""", "Missing input with specific name - Required input: b")]
    [Arguments("""{"inputs":[{"name":"b","shape":[1,10],"datatype":"INT8","data":[1]}]}""", "Invalid input precision - Expected: FP32; Actual: INT8")]
    [Arguments("""{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP31","data":[1]}]}""", "Invalid input precision - Expected: FP32; Actual: FP31")]
    [Arguments("""{"inputs":[{"name":"b","shape":[10],"datatype":"FP32","data":[1]}]}""", "Invalid number of shape dimensions - Expected: (1,10); Actual: (10)")]
    [Arguments("""{"inputs":[{"name":"b","shape":[2,10],"datatype":"FP32","data":[1]}]}""", "Invalid input batch size - Expected: 1; Actual: 2")]
    [Arguments("""{"inputs":[{"name":"b","shape":[1,-10],"datatype":"FP32","data":[1]}]}""", "Negative or zero dimension size is not acceptable: (1,-10)")]
    [Arguments("""{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[1,2]}]}""", "Expected: 10 values; Actual: 2 values")]
    [Arguments("""{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}],"outputs":[{"name":"zzz"}]}""", "zzz")]
    public async Task CallersFault_Is400WithASentence(string json, string text)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        await RestFrontendTests.ExpectErrorAsync(await server.Client.PostAsync("/v2/models/dummy/infer", new StringContent(json)), HttpStatusCode.BadRequest, text);
        await Assert.That(server.InUse).IsEqualTo(0);
        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    public async Task Strings_RoundTripAlsoWhenTheyAreNoText()
    {
        await using RestServer server = await RestServer.ServeAsync("passthrough_string");
        string[] texts = ["", "é漢😀", "a\0b", new string('x', 5000), "\"\\\n"];
        string data = string.Join(',', texts.Select(static t => $"\"{JsonEncodedText.Encode(t)}\""));
        using JsonDocument answer = await JsonAsync(await server.Client.PostAsync(
            "/v2/models/passthrough_string/infer",
            new StringContent($$"""{"inputs":[{"name":"my_name","shape":[{{texts.Length}}],"datatype":"BYTES","data":[{{data}}]}]}""")));
        await Assert.That(answer.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(static v => v.GetString()!)).IsEquivalentTo(texts, CollectionOrdering.Matching);

        string json = """{"inputs":[{"name":"my_name","shape":[1],"datatype":"BYTES"}]}""";
        byte[] element = [2, 0, 0, 0, 0xFF, 0xFE];
        HttpResponseMessage refused = await server.Client.PostAsync("/v2/models/passthrough_string/infer", Binary(json, element));
        await RestFrontendTests.ExpectErrorAsync(refused, HttpStatusCode.BadRequest, "not UTF-8");
        HttpResponseMessage raw = await server.Client.PostAsync("/v2/models/passthrough_string/infer", Binary("", element.AsSpan(4)));
        byte[] body = await raw.Content.ReadAsByteArrayAsync();
        await Assert.That(body[int.Parse(raw.Headers.GetValues(InferRoute.LengthHeader).Single())..]).IsEquivalentTo(element, CollectionOrdering.Matching);
    }

    [Test]
    public async Task RequestedOutputs_ComeInTheirOrderAndForm()
    {
        await using RestServer server = await RestServer.ServeAsync("all_types");
        string inputs = string.Join(',', server.Registry.Current.Models[0].Default!.Servable!.Signature.Inputs.Select(static input =>
            $$"""{"name":"{{input.Name}}","shape":[1,4],"datatype":"{{input.Marshaler.Datatype}}","data":[{{(input.Marshaler.Datatype == "BOOL" ? "true,false,true,true" : "1,0,1,1")}}]}"""));
        HttpResponseMessage response = await server.Client.PostAsync(
            "/v2/models/all_types/infer",
            new StringContent($$$"""{"inputs":[{{{inputs}}}],"outputs":[{"name":"out_i64"},{"name":"out_u8","parameters":{"binary_data":true}},{"name":"out_boolean"},{"name":"out_f16","parameters":{"binary_data":true}}]}"""));
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        int jsonLength = int.Parse(response.Headers.GetValues(InferRoute.LengthHeader).Single());
        using JsonDocument answer = JsonDocument.Parse(body.AsMemory(0, jsonLength));
        JsonElement outputs = answer.RootElement.GetProperty("outputs");
        await Assert.That(string.Join(' ', outputs.EnumerateArray().Select(static o => o.GetProperty("name").GetString()))).IsEqualTo("out_i64 out_u8 out_boolean out_f16");
        await Assert.That(outputs[0].GetProperty("data").GetRawText()).IsEqualTo("[1,0,1,1]");
        await Assert.That(outputs[2].GetProperty("data").GetRawText()).IsEqualTo("[true,false,true,true]");
        await Assert.That(body[jsonLength..]).IsEquivalentTo(new byte[] { 1, 0, 1, 1, 0, 0x3C, 0, 0, 0, 0x3C, 0, 0x3C }, CollectionOrdering.Matching);
    }

    [Test]
    public async Task BodyBeyondTheLimit_IsTooLargeBeforeItIsRead()
    {
        await using RestServer server = await RestServer.StartAsync(maxBody: 1000);
        server.Registry.Publish(new ServableTable([new("dummy", [new(1, ServableState.Available, server.Load("dummy"))])]));
        await using Stream connection = await server.ConnectAsync();
        await connection.WriteAsync("POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741825\r\n\r\n"u8.ToArray());
        byte[] head = new byte[12];
        await connection.ReadExactlyAsync(head);
        await Assert.That(Encoding.ASCII.GetString(head)).IsEqualTo("HTTP/1.1 413");
    }

    [Test]
    public async Task CallerWhoLeavesMidBody_LeavesNothingBehind()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        ServableMetrics metrics = DummyServable.Count(server.Registry.Current.Models[0].Default!.Servable!);
        for (int i = 0; i < 5; i++)
        {
            await using NetworkStream connection = await server.ConnectAsync();
            await connection.WriteAsync("POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n"u8.ToArray());

            // The server asks for the body once it has opened the call. A reset discards what the server has not read.
            await connection.ReadExactlyAsync(new byte["HTTP/1.1 100 Continue\r\n\r\n".Length]);
            await connection.WriteAsync("{\"inputs\":["u8.ToArray());
            connection.Socket.LingerState = new LingerOption(true, 0);
        }

        using JsonDocument answer = await JsonAsync(await server.Client.PostAsync("/v2/models/dummy/infer", new StringContent(DummyJson)));
        await Assert.That(answer.RootElement.TryGetProperty("outputs", out _)).IsTrue();
        await UntilAsync(() => metrics.Cancelled == 5);
        await Assert.That(server.InUse).IsEqualTo(0);
        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    public async Task CallerWhoLeavesTheQueue_GivesUpItsPlace()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        ISlotSource pool = server.Registry.Current.Models[0].Default!.Servable!.Pool;
        InferSlot first = (await pool.RentAsync(CancellationToken.None)).Value!;
        InferSlot second = (await pool.RentAsync(CancellationToken.None)).Value!;
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage> call = server.Client.PostAsync("/v2/models/dummy/infer", new StringContent(DummyJson), leave.Token);
        await UntilAsync(() => pool.Waiting == 1);
        await leave.CancelAsync();
        await Assert.That(async () => await call).Throws<TaskCanceledException>();
        await UntilAsync(() => pool.Waiting == 0);
        first.Return();
        second.Return();
        using JsonDocument answer = await JsonAsync(await server.Client.PostAsync("/v2/models/dummy/infer", new StringContent(DummyJson)));
        await Assert.That(answer.RootElement.TryGetProperty("outputs", out _)).IsTrue();
        await Assert.That(server.InUse).IsEqualTo(0);
        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    public async Task UnknownModelWithALargeBody_IsAnsweredWithoutReadingIt()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        HttpResponseMessage response = await server.Client.PostAsync("/v2/models/nope/infer", new ByteArrayContent(new byte[20 << 20]));
        await RestFrontendTests.ExpectErrorAsync(response, HttpStatusCode.NotFound, "Requested: nope; Served models: dummy");
    }

    [Test]
    public async Task CallersWhoDoNotRead_HoldNoInferRequest()
    {
        await using RestServer server = await RestServer.ServeAsync("dynamic");
        Servable dynamic = server.Registry.Current.Models[0].Default!.Servable!;
        ServableMetrics metrics = DummyServable.Count(dynamic);
        const int Elements = 4 << 20;
        string json = $$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"x","shape":[{{Elements / 512}},512],"datatype":"FP32"}]}""";
        byte[] head = Encoding.ASCII.GetBytes($"POST /v2/models/dynamic/infer HTTP/1.1\r\nHost: x\r\n{InferRoute.LengthHeader}: {json.Length}\r\nContent-Length: {json.Length + (Elements * 4)}\r\n\r\n{json}");

        // More such callers than infer requests: if one held its infer request, the last responses would never begin.
        List<Stream> connections = [];
        for (int i = 0; i < 4; i++)
        {
            Stream connection = await server.ConnectAsync();
            connections.Add(connection);
            await connection.WriteAsync(head);
            await connection.WriteAsync(new byte[Elements * 4]);
            byte[] status = new byte[12];
            await connection.ReadExactlyAsync(status);
            await Assert.That(Encoding.ASCII.GetString(status)).IsEqualTo("HTTP/1.1 200");
        }

        await Assert.That(server.InUse).IsEqualTo(0);
        await Assert.That(metrics.Current).IsEqualTo(0);

        // The answers break off: failures, but the callers waited for the inference.
        connections.ForEach(static connection => connection.Dispose());
        await UntilAsync(() => dynamic.Statistics.Read().Fail.Count == 4);
        await Assert.That(metrics.Cancelled).IsEqualTo(0);
    }

    [Test]
    public async Task ManyCallersAtOnce_GetTheirOwnAnswers()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async caller =>
        {
            for (int round = 0; round < 50; round++)
            {
                float[] values = [.. Enumerable.Range(0, 10).Select(i => (caller * 1000f) + (round * 10) + i)];
                float[] expected = [.. values.Select(static v => v + 1)];
                if (round % 2 == 0)
                {
                    HttpResponseMessage binary = await server.Client.PostAsync("/v2/models/dummy/infer", Binary("", values));
                    await Assert.That(await BinaryOutputAsync(binary)).IsEquivalentTo(expected, CollectionOrdering.Matching);
                    continue;
                }

                string json = $$"""{"id":"{{caller}}-{{round}}","inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[[{{string.Join(',', values)}}]]}]}""";
                using JsonDocument answer = await JsonAsync(await server.Client.PostAsync("/v2/models/dummy/infer", new StringContent(json)));
                await Assert.That(answer.RootElement.GetProperty("id").GetString()).IsEqualTo($"{caller}-{round}");
                await Assert.That(answer.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(static v => v.GetSingle())).IsEquivalentTo(expected, CollectionOrdering.Matching);
            }
        }));
        await Assert.That(server.InUse).IsEqualTo(0);
        await Assert.That(server.Errors).IsEmpty();
    }

    // The pool has no event for changes of its queue.
    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }

    private static ByteArrayContent Binary(string json, ReadOnlySpan<float> values) => Binary(json, MemoryMarshal.AsBytes(values));

    private static ByteArrayContent Binary(string json, ReadOnlySpan<byte> tail)
    {
        ByteArrayContent content = new([.. Encoding.UTF8.GetBytes(json), .. tail]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.TryAddWithoutValidation(InferRoute.LengthHeader, $"{json.Length}");
        return content;
    }

    private static async Task<float[]> BinaryOutputAsync(HttpResponseMessage response)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(body));
        }

        int jsonLength = int.Parse(response.Headers.GetValues(InferRoute.LengthHeader).Single());
        using JsonDocument answer = JsonDocument.Parse(body.AsMemory(0, jsonLength));
        int size = answer.RootElement.GetProperty("outputs")[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32();
        return size == body.Length - jsonLength ? MemoryMarshal.Cast<byte, float>(body.AsSpan(jsonLength)).ToArray() : throw new InvalidOperationException($"{size} of {body.Length - jsonLength}");
    }

    private static async Task<JsonDocument> JsonAsync(HttpResponseMessage response)
    {
        string body = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK ? JsonDocument.Parse(body) : throw new InvalidOperationException(body);
    }
}
