using System.Net;
using System.Text;
using System.Text.Json;
using Ovms.Frontends.Rest;
using Ovms.Serving;
using Ovms.Serving.Table;

namespace Ovms.Tests.Frontends.Rest;

internal sealed class RestFrontendTests
{
    [Test]
    public async Task LiveAndReady_FollowTheServersLife()
    {
        await using RestServer server = await RestServer.StartAsync();
        await ExpectEmptyAsync(await server.Client.GetAsync("/v2/health/live"));
        await ExpectErrorAsync(await server.Client.GetAsync("/v2/health/ready"), HttpStatusCode.ServiceUnavailable, "Server is not ready");
        server.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Available, server.Load("dummy"))])]));
        await ExpectEmptyAsync(await server.Client.GetAsync("/v2/health/ready"));
        await ExpectEmptyAsync(await server.Client.GetAsync("/v2/models/dummy/ready"));
        server.Served.Drain.StartDraining();
        server.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Unloading)])]));
        await ExpectErrorAsync(await server.Client.GetAsync("/v2/health/ready"), HttpStatusCode.ServiceUnavailable, "Server is not ready");
        await ExpectErrorAsync(await server.Client.GetAsync("/v2/models/dummy/ready"), HttpStatusCode.ServiceUnavailable, "shutting down");
        await ExpectErrorAsync(await server.Client.PostAsync("/v2/models/dummy/infer", new StringContent("{}")), HttpStatusCode.ServiceUnavailable, "shutting down");
        await ExpectErrorAsync(await server.Client.GetAsync("/v2/models/dummy"), HttpStatusCode.ServiceUnavailable, "shutting down");
        await ExpectEmptyAsync(await server.Client.GetAsync("/v2/health/live"));
    }

    [Test]
    public async Task VersionThatLoads_IsUnavailableWithRetryAfter()
    {
        await using RestServer server = await RestServer.StartAsync();
        server.Registry.Publish(new ServableTable([new ModelEntry("m", [new VersionEntry(2, ServableState.Loading)])]));
        foreach (HttpResponseMessage response in new[]
        {
            await server.Client.GetAsync("/v2/models/m/ready"),
            await server.Client.GetAsync("/v2/models/m/versions/2"),
            await server.Client.PostAsync("/v2/models/m/infer", new StringContent("{")),
        })
        {
            await Assert.That(response.Headers.RetryAfter?.Delta).IsEqualTo(TimeSpan.FromSeconds(1));
            await ExpectErrorAsync(response, HttpStatusCode.ServiceUnavailable, "Model with requested version is not loaded yet");
        }
    }

    [Test]
    [Arguments("GET", "/v2/models/nope", HttpStatusCode.NotFound, "Model with requested name is not found")]
    [Arguments("GET", "/v2/models/nope/ready", HttpStatusCode.NotFound, "Served models: dummy")]
    [Arguments("POST", "/v2/models/nope/infer", HttpStatusCode.NotFound, "Model with requested name is not found")]
    [Arguments("GET", "/v2/models/dummy/versions/7", HttpStatusCode.NotFound, "Model with requested version is not found")]
    [Arguments("GET", "/v2/models/dummy/versions/x/ready", HttpStatusCode.BadRequest, "invalid model version format")]
    [Arguments("GET", "/", HttpStatusCode.NotFound, "Invalid request URL")]
    [Arguments("GET", "/v2/models/dummy/states", HttpStatusCode.NotFound, "Invalid request URL - GET /v2/models/dummy/states")]
    [Arguments("POST", "/v2/models/dummy/infer/", HttpStatusCode.NotFound, "Invalid request URL")]
    public async Task WhatIsNotThere_IsSaid(string method, string path, HttpStatusCode status, string text)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        await ExpectErrorAsync(await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)), status, text);
        await Assert.That(server.Errors).IsEmpty();
    }

    [Test]
    [Arguments("POST", "/v2", "GET, HEAD, OPTIONS")]
    [Arguments("DELETE", "/v2/health/live", "GET, HEAD, OPTIONS")]
    [Arguments("PUT", "/v2/models/dummy", "GET, HEAD, OPTIONS")]
    [Arguments("GET", "/v2/models/dummy/infer", "POST, OPTIONS")]
    [Arguments("PATCH", "/v2/models/dummy/versions/1/infer", "POST, OPTIONS")]
    [Arguments("BREW", "/v2", "GET, HEAD, OPTIONS")]
    public async Task WrongMethod_IsRefusedWithAllow(string method, string path, string allow)
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        HttpResponseMessage response = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        await Assert.That(string.Join(", ", response.Content.Headers.Allow)).IsEqualTo(allow);
        await ExpectErrorAsync(response, HttpStatusCode.MethodNotAllowed, "Unsupported method");
    }

    [Test]
    public async Task Head_IsGetWithoutBody()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        foreach (string path in new[] { "/v2", "/v2/models/dummy", "/v2/health/live", "/v2/models/nope" })
        {
            HttpResponseMessage get = await server.Client.GetAsync(path);
            HttpResponseMessage head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
            await Assert.That(head.StatusCode).IsEqualTo(get.StatusCode);
            await Assert.That(head.Content.Headers.ContentLength).IsEqualTo(get.Content.Headers.ContentLength);
            await Assert.That((await head.Content.ReadAsByteArrayAsync()).Length).IsEqualTo(0);
        }
    }

    [Test]
    public async Task EveryAnswer_CarriesCorsAndNoServerHeader()
    {
        await using RestServer server = await RestServer.StartAsync(CorsHeaders.Create(true, "https://a.example", "GET,POST", "x-one").Value);
        foreach ((string method, string path) in new[] { ("GET", "/v2"), ("GET", "/nowhere"), ("PUT", "/v2"), ("OPTIONS", "/v2/models/m/infer"), ("OPTIONS", "/anything"), ("GET", "/v2/health/live"), ("POST", "/v2/models/m/infer") })
        {
            HttpResponseMessage response = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            await Assert.That(response.Headers.GetValues("Access-Control-Allow-Origin").Single()).IsEqualTo("https://a.example");
            await Assert.That(string.Join(',', response.Headers.GetValues("Access-Control-Allow-Methods"))).IsEqualTo("GET,POST");
            await Assert.That(response.Headers.GetValues("Access-Control-Allow-Headers").Single()).IsEqualTo("x-one");
            await Assert.That(response.Headers.GetValues("Access-Control-Allow-Credentials").Single()).IsEqualTo("true");
            await Assert.That(response.Headers.Contains("Server")).IsFalse();
            if (method == "OPTIONS")
            {
                await ExpectEmptyAsync(response);
            }
        }
    }

    [Test]
    public async Task Metadata_IsTold()
    {
        await using RestServer server = await RestServer.ServeAsync("dummy");
        await Assert.That(await server.Client.GetStringAsync("/v2")).IsEqualTo("""{"name":"OpenVINO Model Server","version":"9.8.7","extensions":["binary_tensor_data","model_configuration","sequence","statistics"]}""");
        string expected = """{"name":"dummy","versions":["1"],"platform":"OpenVINO","inputs":[{"name":"b","datatype":"FP32","shape":[1,10]}],"outputs":[{"name":"a","datatype":"FP32","shape":[1,10]}]}""";
        foreach (string path in new[] { "/v2/models/dummy", "/v2/models/dummy/", "/v2/models/dummy/versions/1", "/v2/models/dummy/versions/1/", "/v2/models/d%75mmy", "/v2/models/dummy/versions/0" })
        {
            HttpResponseMessage response = await server.Client.GetAsync(path);
            await Assert.That(await response.Content.ReadAsStringAsync()).IsEqualTo(expected);
            await Assert.That(response.Content.Headers.ContentType?.ToString()).IsEqualTo("application/json");
        }
    }

    [Test]
    public async Task NameWithASlash_IsFoundByItsEscape()
    {
        await using RestServer server = await RestServer.StartAsync();
        server.Registry.Publish(new ServableTable([new ModelEntry("team/dummy", [new VersionEntry(1, ServableState.Available, server.Load("dummy"))])]));
        await ExpectEmptyAsync(await server.Client.GetAsync("/v2/models/team%2Fdummy/ready"));
        await ExpectErrorAsync(await server.Client.GetAsync("/v2/models/team/dummy/ready"), HttpStatusCode.NotFound, "Invalid request URL");
    }

    [Test]
    public async Task Http10AndAbsoluteTarget_AreAnswered()
    {
        await using RestServer server = await RestServer.StartAsync();
        await using Stream connection = await server.ConnectAsync();
        await connection.WriteAsync("GET http://any.example/v2 HTTP/1.0\r\n\r\n"u8.ToArray());
        string answer = await new StreamReader(connection, Encoding.ASCII).ReadToEndAsync();
        await Assert.That(answer).StartsWith("HTTP/1.1 200 OK").And.EndsWith("""{"name":"OpenVINO Model Server","version":"9.8.7","extensions":["binary_tensor_data","model_configuration","sequence","statistics"]}""");
    }

    [Test]
    public async Task NoHttpAtAll_IsRefusedAndTheServerGoesOn()
    {
        await using RestServer server = await RestServer.StartAsync();
        foreach (string bytes in new[] { "\0\u0001\u0002\r\n\r\n", "GET /v2 HTTP/1.1\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n" })
        {
            await using Stream connection = await server.ConnectAsync();
            await connection.WriteAsync(Encoding.Latin1.GetBytes(bytes));
            string answer = await new StreamReader(connection, Encoding.Latin1).ReadToEndAsync();
            await Assert.That(answer).StartsWith("HTTP/1.1 400");
        }

        await ExpectEmptyAsync(await server.Client.GetAsync("/v2/health/live"));
        await Assert.That(server.Errors).IsEmpty();
    }

    internal static async Task ExpectErrorAsync(HttpResponseMessage response, HttpStatusCode status, string text)
    {
        string body = await response.Content.ReadAsStringAsync();
        await Assert.That(response.StatusCode).IsEqualTo(status);
        await Assert.That(response.Content.Headers.ContentType?.ToString()).IsEqualTo("application/json");
        using JsonDocument document = JsonDocument.Parse(body);
        await Assert.That(document.RootElement.EnumerateObject().Single().Name).IsEqualTo("error");
        await Assert.That(document.RootElement.GetProperty("error").GetString()).Contains(text);
    }

    private static async Task ExpectEmptyAsync(HttpResponseMessage response)
    {
        await Assert.That(response.StatusCode).IsEqualTo(HttpStatusCode.OK);
        await Assert.That((await response.Content.ReadAsByteArrayAsync()).Length).IsEqualTo(0);
    }
}
