using System.Net;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Serving;
using Ovms.Serving.Table;

namespace Ovms.Tests.Frontends.Rest;

/// <summary>TensorFlow Serving's REST API, and OpenAI's list of models, over a socket with the real engine.</summary>
internal sealed class TfsRestTests
{
    private const string Ten = "[0,1,2,3,4,5,6,7,8,9]";
    private const string Eleven = "[1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,10.0]";

    [Test]
    [Arguments("/v1/models/dummy:predict", $$"""{"instances":[{{Ten}}]}""", $$"""{"predictions":[{{Eleven}}]}""")]
    [Arguments("/v1/models/dummy/versions/1:predict", $$"""{"instances":[{"b": {{Ten}} }]}""", $$"""{"predictions":[{{Eleven}}]}""")]
    [Arguments("/v1/models/dummy:predict", $$"""{"inputs":{"b":[{{Ten}}]} }""", $$"""{"outputs":[{{Eleven}}]}""")]
    [Arguments("/v1/models/dummy:predict", $$"""{"inputs":[{{Ten}}]}""", $$"""{"outputs":[{{Eleven}}]}""")]
    [Arguments("/v1/models/scalar:predict", """{"inputs":4.5}""", """{"outputs":4.5}""")]
    [Arguments("/v1/models/passthrough_string:predict", """{"instances":["a",{"b64":"//4="}]}""", """{"predictions":["a",{"b64":"//4="}]}""")]
    public async Task Predict_Answers(string path, string body, string expected)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy", "scalar", "passthrough_string");
        HttpResponseMessage response = await server.Client.PostAsync(path, new StringContent(body));
        await Assert.That(await response.Content.ReadAsStringAsync()).IsEqualTo(expected);
        await Assert.That(response.StatusCode).IsEqualTo(HttpStatusCode.OK);
        await Assert.That(server.InUse).IsEqualTo(0);
    }

    [Test]
    [Arguments("/v1/models/nobody:predict", "{}", 404, "Model with requested name is not found")]
    [Arguments("/v1/models/dummy/versions/7:predict", "{}", 404, "Model with requested version is not found")]
    [Arguments("/v1/models/dummy:predict", """{"instances":[[1,2]]}""", 400, "Invalid input shape - Expected: (1,10); Actual: (1,2); input name: b")]
    [Arguments("/v1/models/dummy:predict", $$"""{"instances":[{{Ten}},{{Ten}}]}""", 400, "Invalid input batch size - Expected: 1; Actual: 2; input name: b")]
    [Arguments("/v1/models/dummy:predict", """{"inputs":{"b":{"b64":"YQ=="}}}""", 400, "")]
    [Arguments("/v1/models/dummy:predict", """{"inputs":{"x":[1]}}""", 400, "Missing input with specific name - Required input: b; unexpected input: x")]
    [Arguments("/v1/models/dummy:predict", """{"inputs":{"b":[true]}}""", 400, "inputs.b: value 0 is true")]
    [Arguments("/v1/models/scalar:predict", """{"instances":[4.5]}""", 400, "Invalid number of shape dimensions")]
    [Arguments("/v1/models/dummy/labels/stable:predict", "{}", 400, "Versions have no labels here")]
    [Arguments("/v1/models/dummy:classify", "{}", 501, "call :predict")]
    public async Task Predict_Refuses(string path, string body, int status, string text)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy", "scalar");
        HttpResponseMessage response = await server.Client.PostAsync(path, new StringContent(body));
        string answer = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
        await Assert.That((int)response.StatusCode).IsEqualTo(status).Because(answer);
        await Assert.That(answer).Contains(text);
        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    public async Task WrongMethod_IsTold()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        await Assert.That((int)(await server.Client.GetAsync("/v1/models/dummy:predict")).StatusCode).IsEqualTo(405);
        await Assert.That((int)(await server.Client.PostAsync("/v1/models/dummy", null)).StatusCode).IsEqualTo(405);
    }

    [Test]
    [Arguments("/v1/models")]
    [Arguments("/v3/models")]
    [Arguments("/v3/v1/models")]
    public async Task Lists_HoldWhatCanBeCalled(string path)
    {
        await using RestServer server = await RestServer.StartAsync();
        server.Registry.Publish(new ServableTable(
        [
            new ModelEntry("team/b", [new VersionEntry(1, ServableState.Available, server.Load("dummy"))]),
            new ModelEntry("a", [new VersionEntry(1, ServableState.Available, server.Load("dummy"))]),
            new ModelEntry("loading", [new VersionEntry(2, ServableState.Loading, Reason: "no \"weights\"")]),
        ]));
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        JsonNode list = JsonNode.Parse(await server.Client.GetStringAsync(path))!;
        await Assert.That((string)list["object"]!).IsEqualTo("list");
        await Assert.That(list["data"]!.AsArray().Select(static model => (string)model!["id"]!)).IsEquivalentTo(["a", "team/b"]);

        server.Client.DefaultRequestHeaders.UserAgent.ParseAdd("AsyncOpenAI/Python 2.1.0");
        JsonNode model = JsonNode.Parse(await server.Client.GetStringAsync($"{path}/team/b"))!;
        await Assert.That($"{model["id"]} {model["object"]} {model["owned_by"]}").IsEqualTo("team/b model OVMS");
        await Assert.That((long)model["created"]!).IsGreaterThanOrEqualTo(now);
        await Assert.That(model.AsObject().Count).IsEqualTo(4);
        await Assert.That((int)(await server.Client.GetAsync($"{path}/loading")).StatusCode).IsEqualTo(503);
        await Assert.That((int)(await server.Client.GetAsync($"{path}/nobody")).StatusCode).IsEqualTo(404);
    }

    [Test]
    [Arguments("User-Agent", "python-requests/2.32", false)]
    [Arguments("User-Agent", "OpenAI/Python 2.1.0", true)]
    [Arguments("Accept", "application/json", false)]
    [Arguments("Accept", "text/html, application/vnd.openai+json;q=0.9", true)]
    [Arguments("Accept", "application/json, application/vnd.openai+json;q=0", false)]
    public async Task OnePathOfTwoApis_AnswersEachItsOwn(string header, string value, bool isOpenAi)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        server.Client.DefaultRequestHeaders.Add(header, value);
        using HttpResponseMessage answer = await server.Client.GetAsync("/v1/models/dummy");
        string body = await answer.Content.ReadAsStringAsync();

        await Assert.That(string.Join(", ", answer.Headers.Vary)).IsEqualTo("Accept, User-Agent");
        if (isOpenAi)
        {
            await Assert.That((string)JsonNode.Parse(body)!["id"]!).IsEqualTo("dummy");
            await Assert.That(body).DoesNotContain("model_version_status");
            return;
        }

        // Google's parser rejects members that the message does not have.
        GetModelStatusResponse status = JsonParser.Default.Parse<GetModelStatusResponse>(body);
        await Assert.That(status.ModelVersionStatus.Single().State).IsEqualTo(ModelVersionStatus.Types.State.Available);
        await Assert.That(body).IsEqualTo("""{"model_version_status":[{"version":"1","state":"AVAILABLE","status":{"error_code":"OK","error_message":"OK"}}]}""");
    }

    [Test]
    public async Task Version_IsTold()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        await Assert.That(await server.Client.GetStringAsync("/v1/models/dummy/versions/1"))
            .IsEqualTo("""{"model_version_status":[{"version":"1","state":"AVAILABLE","status":{"error_code":"OK","error_message":"OK"}}]}""");
        await Assert.That((int)(await server.Client.GetAsync("/v1/models/dummy/versions/2")).StatusCode).IsEqualTo(404);
        await Assert.That((int)(await server.Client.GetAsync("/v1/models/dummy/versions/x")).StatusCode).IsEqualTo(400);
        foreach ((HttpMethod method, string path) in new[]
        {
            (HttpMethod.Get, "labels/x"), (HttpMethod.Get, "labels/x/metadata"), (HttpMethod.Post, "labels/1:predict"),
            (HttpMethod.Post, "labels/1:classify"), (HttpMethod.Post, "labels/1:regress"),
        })
        {
            using HttpResponseMessage refused = await server.Client.SendAsync(new HttpRequestMessage(method, $"/v1/models/dummy/{path}"));
            await Assert.That((int)refused.StatusCode).IsEqualTo(400).Because(path);
            await Assert.That(await refused.Content.ReadAsStringAsync()).Contains("the version by its number").Because(path);
        }
    }

    [Test]
    public async Task Metadata_IsTheSignature()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy", "dynamic");
        await Assert.That(await server.Client.GetStringAsync("/v1/models/dummy/metadata")).IsEqualTo(
            """{"modelSpec":{"name":"dummy","signatureName":"","version":"1"},"metadata":{"signature_def":{"@type":"type.googleapis.com/tensorflow.serving.SignatureDefMap","signatureDef":{"serving_default":{"inputs":{"b":{"dtype":"DT_FLOAT","tensorShape":{"dim":[{"size":"1","name":""},{"size":"10","name":""}],"unknownRank":false},"name":"b"}},"outputs":{"a":{"dtype":"DT_FLOAT","tensorShape":{"dim":[{"size":"1","name":""},{"size":"10","name":""}],"unknownRank":false},"name":"a"}},"methodName":"","defaults":{}}}}}}""");
        JsonNode dynamic = JsonNode.Parse(await server.Client.GetStringAsync("/v1/models/dynamic/versions/1/metadata"))!;
        await Assert.That((string)dynamic["metadata"]!["signature_def"]!["signatureDef"]!["serving_default"]!["inputs"]!["x"]!["tensorShape"]!["dim"]![0]!["size"]!).IsEqualTo("-1");
        await Assert.That((int)(await server.Client.GetAsync("/v1/models/dummy/versions/3/metadata")).StatusCode).IsEqualTo(404);
    }
}
