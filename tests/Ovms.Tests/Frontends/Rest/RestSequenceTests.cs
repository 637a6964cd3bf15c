using System.Net;
using System.Text;
using System.Text.Json;
using Ovms.Serving;
using Ovms.Serving.Table;
using Ovms.Tests.Serving.Sequences;

namespace Ovms.Tests.Frontends.Rest;

/// <summary>Sequences over REST: how requests name them and responses return their ids.</summary>
public sealed class RestSequenceTests
{
    [Test]
    [Arguments("7", "7")]
    [Arguments("18446744073709551615", "18446744073709551615")]
    [Arguments("\"a \\\"b\\\" \\u00e9\"", "\"a \\\"b\\\" é\"")]
    public async Task Parameters_AreAnsweredByAParameterAndNoOutput(string id, string answered)
    {
        await using RestServer server = await ServeAsync();
        (_, string first) = await AddAsync(server, 1, $$"""{"sequence_id":{{id}},"sequence_start":true}""");
        (_, string last) = await AddAsync(server, 2, $$"""{"sequence_end":"1","sequence_id":{{id}}}""");
        await Assert.That(first).IsEqualTo($$"""{"model_name":"accumulator","model_version":"1","parameters":{"sequence_id":{{answered}}},"outputs":[{"name":"sum","shape":[1,1],"datatype":"FP32","data":[1.0]}]}""");
        await Assert.That(last).Contains("\"data\":[3.0]");
        await Assert.That((await AddAsync(server, 2, $$"""{"sequence_id":{{id}}}""")).Status).IsEqualTo(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Tensors_AreAnsweredByAnOutput()
    {
        await using RestServer server = await ServeAsync();
        (_, string first) = await AddAsync(server, 1, null, Id(5), """{"name":"sequence_control_input","shape":[1],"datatype":"UINT32","data":[1]}""");
        (_, string second) = await AddAsync(server, 2, null, Id(5));
        await Assert.That(first).Contains("""{"name":"sum","shape":[1,1],"datatype":"FP32","data":[1.0]},{"name":"sequence_id","shape":[1],"datatype":"UINT64","data":[5]}""");
        await Assert.That(second).Contains("""{"name":"sum","shape":[1,1],"datatype":"FP32","data":[3.0]}""");
    }

    [Test]
    public async Task CallerWithoutAnId_GetsOne()
    {
        await using RestServer server = await ServeAsync();
        (_, string first) = await AddAsync(server, 1, """{"sequence_start":1}""");
        using JsonDocument document = JsonDocument.Parse(first);
        ulong id = document.RootElement.GetProperty("parameters").GetProperty("sequence_id").GetUInt64();
        (_, string second) = await AddAsync(server, 2, $$"""{"sequence_id":{{id}}}""");
        await Assert.That(second).Contains("\"data\":[3.0]");
    }

    [Test]
    [Arguments("""{"sequence_id":-1}""", "Could not parse request parameters - parameters.sequence_id; Expected: a whole number that is not negative, or a string; Actual: -1")]
    [Arguments("""{"sequence_id":1.5}""", "Could not parse request parameters - parameters.sequence_id; Expected: a whole number that is not negative, or a string; Actual: 1.5")]
    [Arguments("""{"sequence_id":null}""", "Could not parse request parameters - parameters.sequence_id; Expected: a whole number that is not negative, or a string; Actual: null")]
    [Arguments("""{"sequence_id":1,"sequence_start":"yes"}""", "Could not parse request parameters - parameters.sequence_start; Expected: true, false, 0 or 1, also as a string; Actual: \\\"yes\\\"")]
    [Arguments("""{"sequence_id":1,"sequence_id":1}""", "Invalid JSON structure - parameters.sequence_id is given twice; Expected: once")]
    [Arguments("""{"sequence_id":{}}""", "Could not parse request parameters - a value in parameters; Expected: a string, a number, true or false; Actual: an object")]
    [Arguments("""{"other":1}""", "Sequence ID has not been provided in request inputs")]
    public async Task WrongParameters_AreTheCallersFaultAndNamed(string parameters, string error)
    {
        await using RestServer server = await ServeAsync();
        (HttpStatusCode status, string body) = await AddAsync(server, 1, parameters);
        await Assert.That(status).IsEqualTo(HttpStatusCode.BadRequest);
        await Assert.That(body).IsEqualTo($$"""{"error":"{{error}}"}""");
        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    public async Task BinaryOutputs_HoldForTheIdToo()
    {
        await using RestServer server = await ServeAsync();
        (_, string body) = await AddAsync(server, 1, """{"binary_data_output":true}""", Id(5), """{"name":"sequence_control_input","shape":[1],"datatype":"UINT32","data":[1]}""");
        await Assert.That(body).Contains("""{"name":"sequence_id","shape":[1],"datatype":"UINT64","parameters":{"binary_data_size":8}}""");
        await Assert.That(Encoding.Latin1.GetBytes(body)[^8..]).IsEquivalentTo(BitConverter.GetBytes(5UL));
    }

    private static string Id(ulong id) => $$"""{"name":"sequence_id","shape":[1],"datatype":"UINT64","data":[{{id}}]}""";

    private static async Task<RestServer> ServeAsync()
    {
        RestServer server = await RestServer.StartAsync();
        Servable servable = server.Add(Accumulator.Serve());
        server.Registry.Publish(new ServableTable([new ModelEntry("accumulator", [new VersionEntry(1, ServableState.Available, servable)])]));
        return server;
    }

    private static async Task<(HttpStatusCode Status, string Body)> AddAsync(RestServer server, float value, string? parameters, params string[] tensors)
    {
        string inputs = string.Join(',', [$$"""{"name":"x","shape":[1,1],"datatype":"FP32","data":[{{value}}]}""", .. tensors]);
        string json = parameters is null ? $$"""{"inputs":[{{inputs}}]}""" : $$"""{"parameters":{{parameters}},"inputs":[{{inputs}}]}""";
        using HttpResponseMessage answer = await server.Client.PostAsync("/v2/models/accumulator/infer", new StringContent(json));
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        return (answer.StatusCode, answer.Headers.Contains("Inference-Header-Content-Length") ? Encoding.Latin1.GetString(body) : Encoding.UTF8.GetString(body));
    }
}
