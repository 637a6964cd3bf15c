using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ovms.Serving;
using Ovms.Serving.Table;

namespace Ovms.Tests.Frontends.Rest.KServe;

/// <summary>The extensions of KServe's protocol over HTTP.</summary>
public sealed class ExtensionRoutesTests
{
    private const string Ten = """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[1,2,3,4,5,6,7,8,9,10]}]}""";

    [Test]
    public async Task Config_IsTheMessageAsJson()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy", "dynamic");
        await Assert.That(await server.Client.GetStringAsync("/v2/models/dummy/versions/1/config")).IsEqualTo(
            """{"name":"dummy","platform":"openvino","backend":"openvino","max_batch_size":0,"input":[{"name":"b","data_type":"TYPE_FP32","dims":[1,10]}]"""
            + ""","output":[{"name":"a","data_type":"TYPE_FP32","dims":[1,10]}],"instance_group":[{"name":"dummy","kind":"KIND_MODEL","count":2}]"""
            + ""","model_transaction_policy":{"decoupled":false}}""");
        JsonNode dynamic = JsonNode.Parse(await server.Client.GetStringAsync("/v2/models/dynamic/config"))!;
        await Assert.That($"{dynamic["max_batch_size"]} {dynamic["input"]![0]!["dims"]!.ToJsonString()}").IsEqualTo("1024 [-1]");
    }

    [Test]
    public async Task Statistics_HaveEveryMember()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy", "dynamic");
        using HttpResponseMessage answered = await server.Client.PostAsync("/v2/models/dummy/infer", new StringContent(Ten));
        await Assert.That((int)answered.StatusCode).IsEqualTo(200);

        JsonNode one = JsonNode.Parse(await server.Client.GetStringAsync("/v2/models/dummy/stats"))!["model_stats"]!.AsArray().Single()!;
        await Assert.That(one.AsObject().Select(static member => member.Key)).IsEquivalentTo(
            ["name", "version", "last_inference", "inference_count", "execution_count", "inference_stats", "response_stats", "batch_stats", "memory_usage"]);
        await Assert.That(one["inference_stats"]!.AsObject().Select(static member => $"{member.Key} {member.Value!["count"]}")).IsEquivalentTo(
            ["success 1", "fail 0", "queue 1", "compute_input 1", "compute_infer 1", "compute_output 1", "cache_hit 0", "cache_miss 0"]);
        await Assert.That((long)one["batch_stats"]![0]!["compute_infer"]!["ns"]!).IsEqualTo((long)one["inference_stats"]!["compute_infer"]!["ns"]!);
        await Assert.That((long)one["inference_stats"]!["success"]!["ns"]!).IsGreaterThan(0);

        JsonArray all = JsonNode.Parse(await server.Client.GetStringAsync("/v2/models/stats"))!["model_stats"]!.AsArray();
        await Assert.That(all.Select(static row => $"{row!["name"]} {row["version"]} {row["inference_count"]}")).IsEquivalentTo(["dummy 1 1", "dynamic 1 0"]);
    }

    [Test]
    public async Task Index_IsAnArrayWithoutVersionsThatAreNotKnown()
    {
        await using RestServer server = await RestServer.StartAsync();
        server.Registry.Publish(new ServableTable(
        [
            new ModelEntry("a", [new VersionEntry(1, ServableState.Available, server.Load("dummy"))]),
            new ModelEntry("bad", []) { Reason = "no such \"path\"" },
        ]));
        const string Ready = """{"name":"a","version":"1","state":"READY","reason":""}""";
        await Assert.That(await IndexAsync(server, "")).IsEqualTo($$"""[{{Ready}},{"name":"bad","state":"UNAVAILABLE","reason":"no such \"path\""}]""");
        await Assert.That(await IndexAsync(server, """{"ready":false,"more":1}""")).Contains("bad");
        await Assert.That(await IndexAsync(server, """{"ready":true}""")).IsEqualTo($"[{Ready}]");
    }

    [Test]
    [Arguments("""{"ready":"yes"}""", "ready; Expected: true or false")]
    [Arguments("[]", "Expected: an object")]
    [Arguments("{} {}", "not valid json")]
    [Arguments("""{"ready":tru""", "not valid json")]
    public async Task IndexOfAMalformedBody_IsTheCallersFault(string body, string part)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        using HttpResponseMessage refused = await server.Client.PostAsync("/v2/repository/index", new StringContent(body));
        await Assert.That((int)refused.StatusCode).IsEqualTo(400);
        await Assert.That((string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!).Contains(part);
    }

    [Test]
    public async Task LongBody_IsRefused()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        using HttpResponseMessage refused = await server.Client.PostAsync("/v2/repository/index", new StringContent(new string(' ', 65 << 10)));
        await Assert.That((int)refused.StatusCode).IsEqualTo(413);
    }

    [Test]
    [Arguments("GET", "/v2/models/nobody/config", "", 404)]
    [Arguments("GET", "/v2/models/nobody/stats", "", 404)]
    [Arguments("GET", "/v2/models/dummy/versions/7/stats", "", 404)]
    [Arguments("GET", "/v2/models/dummy/versions/x/config", "", 400)]
    [Arguments("GET", "/v2/models/nobody/trace/setting", "", 404)]
    [Arguments("POST", "/v2/repository/models/dummy/load", "", 501)]
    [Arguments("POST", "/v2/repository/models/dummy/unload", "{}", 501)]
    [Arguments("POST", "/v2/systemsharedmemory/region/r/register", """{"key":"/r","offset":0,"byte_size":4}""", 403)]
    [Arguments("POST", "/v2/cudasharedmemory/region/r/register", "{}", 400)]
    [Arguments("GET", "/v2/systemsharedmemory/region/r/status", "", 404)]
    [Arguments("POST", "/v2/trace/setting", """{"trace_level":["TENSORS"]}""", 501)]
    [Arguments("POST", "/v2/trace/setting", """{"trace_colour":"red"}""", 400)]
    [Arguments("POST", "/v2/logging", """{"log_verbose_level":3}""", 501)]
    [Arguments("POST", "/v2/logging", """{"log_file":"/tmp/\ud800"}""", 501)]
    [Arguments("GET", "/v2/trace/setting", "", 200)]
    [Arguments("POST", "/v2/models/dummy/trace/setting", """{"trace_level":null,"trace_rate":"1000","log_frequency":0}""", 200)]
    [Arguments("GET", "/v2/logging", "", 200)]
    [Arguments("POST", "/v2/logging", """{"log_info":true,"log_verbose_level":0,"log_file":""}""", 200)]
    [Arguments("GET", "/v2/systemsharedmemory/status", "", 200)]
    [Arguments("GET", "/v2/cudasharedmemory/status", "", 200)]
    [Arguments("POST", "/v2/systemsharedmemory/unregister", "", 200)]
    [Arguments("POST", "/v2/cudasharedmemory/region/r/unregister", "", 200)]
    public async Task Call_IsAnsweredOrRefusedWithASentence(string method, string path, string body, int status)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        }

        using HttpResponseMessage answer = await server.Client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(status).Because(text);
        if (status >= 400)
        {
            await Assert.That(((string)JsonNode.Parse(text)!["error"]!).Length).IsGreaterThan(20);
        }

        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    public async Task Settings_AreTold()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        await Assert.That(await server.Client.GetStringAsync("/v2/trace/setting")).IsEqualTo(
            """{"trace_file":"","trace_level":["OFF"],"trace_rate":"1000","trace_count":"-1","log_frequency":"0","trace_mode":"triton"}""");
        await Assert.That(await server.Client.GetStringAsync("/v2/logging")).IsEqualTo(
            """{"log_file":"","log_info":true,"log_warning":true,"log_error":true,"log_verbose_level":0,"log_format":"default"}""");
    }

    private static async Task<string> IndexAsync(RestServer server, string body)
    {
        using HttpResponseMessage answer = await server.Client.PostAsync("/v2/repository/index", new StringContent(body));
        return await answer.Content.ReadAsStringAsync();
    }
}
