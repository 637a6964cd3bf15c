using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ovms.Frontends.Rest;
using Ovms.SharedMemory;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Frontends.Rest.KServe;

/// <summary>Shared memory over HTTP: its routes, and tensors that lie in it.</summary>
public sealed class SharedTensorRoutesTests
{
    private const string Region = "/v2/systemsharedmemory/region/r";
    private const string Infer = "/v2/models/dummy/infer";
    private const string Input = """{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_region":"r","shared_memory_byte_size":40}}""";
    private const string Output = """{"name":"a","parameters":{"shared_memory_region":"r","shared_memory_byte_size":64,"shared_memory_offset":1024}}""";

    private static readonly float[] s_numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    private static readonly float[] s_sums = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Test]
    public async Task Region_IsRegisteredListedAndUnregistered()
    {
        using SharedObject memory = new();
        await using RestServer server = await StartAsync();
        await ExpectAsync(server, Region + "/register", $$"""{"key":"{{memory.Key}}","byte_size":80}""", 200, "");
        await ExpectAsync(server, Region + "/register", $$"""{"key":"{{memory.Key}}","byte_size":80}""", 409, "unregister it first");
        string listed = $$"""[{"name":"r","key":"{{memory.Key}}","offset":0,"byte_size":80}]""";
        await Assert.That(await server.Client.GetStringAsync("/v2/systemsharedmemory/status")).IsEqualTo(listed);
        await Assert.That(await server.Client.GetStringAsync(Region + "/status")).IsEqualTo(listed);
        await Assert.That(await server.Client.GetStringAsync("/v2")).Contains("\"system_shared_memory\"");

        await ExpectAsync(server, Region + "/unregister", "", 200, "");
        await ExpectAsync(server, "/v2/systemsharedmemory/unregister", "", 200, "");
        await Assert.That(await server.Client.GetStringAsync("/v2/systemsharedmemory/status")).IsEqualTo("[]");
        await ExpectAsync(server, Infer, $$"""{"inputs":[{{Input}}]}""", 404, "Region: r");
        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    [Arguments("""{"byte_size":4}""", 400, "key; Expected: a string; Actual: nothing")]
    [Arguments("""{"key":7,"byte_size":4}""", 400, "key; Expected: a string; Actual: 7")]
    [Arguments("""{"key":"\ud800","byte_size":4}""", 400, "key; Expected: valid Unicode")]
    [Arguments("""{"key":"/ovms_test_none"}""", 400, "byte_size; Expected: a number of bytes, whole and not negative; Actual: nothing")]
    [Arguments("""{"key":"/ovms_test_none","byte_size":-1}""", 400, "Actual: -1")]
    [Arguments("""{"key":"/ovms_test_none","byte_size":4,"offset":"0"}""", 400, "offset; Expected: a number of bytes, whole and not negative; Actual: \"0\"")]
    [Arguments("""{"key":"/ovms_test_none","byte_size":4}""", 400, "There is no shared memory object of this key")]
    [Arguments("""{"key":"/ovms_test_/../x","byte_size":4}""", 400, "without a slash")]
    [Arguments("""{"key":"/ovms_test_\u0000","byte_size":4}""", 400, "without a NUL")]
    [Arguments("""{"key":"../etc/passwd","byte_size":4}""", 403, "--allow_shared_memory")]
    [Arguments("[]", 400, "Expected: an object")]
    public async Task Registration_IsRefused(string body, int status, string part)
    {
        await using RestServer server = await StartAsync();
        await ExpectAsync(server, Region + "/register", body, status, part);
        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    public async Task InputAndOutput_AreReadAndWritten()
    {
        using SharedObject memory = new();
        await using RestServer server = await StartAsync(memory);
        string answer = await ExpectAsync(server, Infer, $$"""{"inputs":[{{Input}}],"outputs":[{{Output}}]}""", 200, "");
        await Assert.That(memory.Read<float>(1024, 10).SequenceEqual(s_sums)).IsTrue();
        await Assert.That(answer).IsEqualTo(
            """{"model_name":"dummy","model_version":"1","outputs":[{"name":"a","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_region":"r","shared_memory_offset":1024,"shared_memory_byte_size":40,"binary_data_size":0}}]}""");

        answer = await ExpectAsync(server, Infer, $$"""{"inputs":[{{Input}}]}""", 200, "");
        await Assert.That(answer).Contains("\"data\":[1.0,2.0,3.0,");
    }

    [Test]
    public async Task BinaryDefaults_LeaveTensorsThereAlone()
    {
        using SharedObject memory = new();
        await using RestServer server = await StartAsync(memory);
        string json = $$"""{"parameters":{"binary_data_output":true},"inputs":[{{Input}}],"outputs":[{{Output}}]}""";
        using StringContent content = new(json);
        content.Headers.Add(InferRoute.LengthHeader, json.Length.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage answer = await server.Client.PostAsync(Infer, content);
        await Assert.That((int)answer.StatusCode).IsEqualTo(200);
        await Assert.That(answer.Headers.Contains(InferRoute.LengthHeader)).IsFalse();
        await Assert.That(memory.Read<float>(1024, 10).SequenceEqual(s_sums)).IsTrue();
    }

    [Test]
    public async Task OtherInputs_HaveTheirBytesBehindTheJson()
    {
        using SharedObject memory = new();
        await using RestServer server = await RestServer.ServeAsync(new SharedRegions(SharedObject.Prefix, 10), "summator");
        await ExpectAsync(server, Region + "/register", $$"""{"key":"{{memory.Key}}","byte_size":4096}""", 200, "");
        JsonNode model = JsonNode.Parse(await server.Client.GetStringAsync("/v2/models/summator"))!;
        int length = 1;
        List<string> inputs = [];
        foreach (JsonNode? tensor in model["inputs"]!.AsArray())
        {
            long[] shape = [.. tensor!["shape"]!.AsArray().Select(static size => Math.Max((long)size!, 1))];
            length = (int)shape.Aggregate(1L, static (all, size) => all * size);
            string place = inputs.Count == 0 ? $"\"shared_memory_region\":\"r\",\"shared_memory_byte_size\":{length * 4}" : $"\"binary_data_size\":{length * 4}";
            inputs.Add($$"""{"name":"{{tensor["name"]}}","shape":[{{string.Join(',', shape)}}],"datatype":"{{tensor["datatype"]}}","parameters":{ {{place}} } }""");
        }

        memory.Write(0, Enumerable.Repeat(10f, length).ToArray());
        byte[] json = [.. $$"""{"inputs":[{{string.Join(',', inputs)}}]}""".Select(static sign => (byte)sign)];
        using ByteArrayContent content = new([.. json, .. MemoryMarshal.AsBytes<float>(Enumerable.Repeat(3f, length).ToArray())]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add(InferRoute.LengthHeader, json.Length.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage answer = await server.Client.PostAsync("/v2/models/summator/infer", content);
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(200).Because(text);
        await Assert.That(text).Contains("13.0");
    }

    [Test]
    [Arguments("""{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9],"parameters":{"shared_memory_region":"r","shared_memory_byte_size":40}}""", "inputs[0] has data and parameters.shared_memory_region")]
    [Arguments("""{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_region":"r","binary_data_size":40}}""", "inputs[0] has parameters.binary_data_size and parameters.shared_memory_region")]
    [Arguments("""{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_region":"r"}}""", "shared_memory_byte_size is missing")]
    [Arguments("""{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_region":"r","shared_memory_region":"r","shared_memory_byte_size":40}}""", "shared_memory_region")]
    [Arguments("""{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_region":true,"shared_memory_byte_size":40}}""", "Expected: a region's name; Actual: true")]
    [Arguments("""{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_region":"r","shared_memory_byte_size":1.5}}""", "shared_memory_byte_size; Expected: a number of bytes")]
    [Arguments("""{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_region":"r","shared_memory_byte_size":40,"shared_memory_offset":4090}}""", "Actual: 40 bytes at offset 4090")]
    [Arguments("""{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"shared_memory_byte_size":40}}""", "inputs[0].data is missing")]
    public async Task Fault_IsTheCallers(string input, string part)
    {
        using SharedObject memory = new();
        await using RestServer server = await StartAsync(memory);
        await ExpectAsync(server, Infer, $$"""{"inputs":[{{input}}]}""", 400, part);
        await Assert.That(server.Errors).IsEmpty();
        await Assert.That(server.InUse).IsEqualTo(0);
    }

    [Test]
    public async Task ObjectMadeSmaller_CostsItsCallerAnError()
    {
        using SharedObject memory = new();
        await using RestServer server = await StartAsync(memory);
        memory.Length = 8;
        await ExpectAsync(server, Infer, $$"""{"inputs":[{{Input}}]}""", 400, "made smaller after it was registered");
        memory.Length = 1030;
        await ExpectAsync(server, Infer, $$"""{"inputs":[{{Input}}],"outputs":[{{Output}}]}""", 400, "output name: a");
        await Assert.That(memory.Length).IsEqualTo(1030);
        await ExpectAsync(server, Infer, $$"""{"inputs":[{{Input}}]}""", 200, "\"data\":[1.0,");
        await Assert.That(server.Errors).IsEmpty();
    }

    private static async Task<RestServer> StartAsync(SharedObject? memory = null)
    {
        RestServer server = await RestServer.ServeAsync(new SharedRegions(SharedObject.Prefix, 10), "dummy");
        if (memory is not null)
        {
            memory.Write(0, s_numbers);
            await ExpectAsync(server, Region + "/register", $$"""{"key":"{{memory.Key}}","byte_size":4096}""", 200, "");
        }

        return server;
    }

    private static async Task<string> ExpectAsync(RestServer server, string path, string body, int status, string part)
    {
        using HttpResponseMessage answer = await server.Client.PostAsync(path, new StringContent(body));
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(status).Because(text);
        string told = status == 200 ? text : (string)JsonNode.Parse(text)!["error"]!;
        await Assert.That(told).Contains(part);
        return text;
    }
}
