using System.Net;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What browsers are told about calls from other origins.</summary>
public sealed class CorsTests
{
    [Test]
    public async Task NothingGiven_AllowsAllWithoutCredentials()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        foreach (HttpMethod method in new[] { HttpMethod.Options, HttpMethod.Get })
        {
            using HttpRequestMessage request = new(method, "/v2/models/dummy");
            request.Headers.Add("Origin", "http://example.org");
            using HttpResponseMessage answer = await server.Http.SendAsync(request);
            await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.OK);
            await CheckAsync(answer, "*", "*", "*", null);
        }
    }

    [Test]
    public async Task OptionsGiven_AreOnEveryAnswerAsWritten()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--allow_credentials", "--allowed_origins", "http://a.example,http://b.example", "--allowed_methods", "GET, POST", "--allowed_headers", "X-One");
        using HttpResponseMessage preflight = await server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/v2/models/dummy/infer"));
        using HttpResponseMessage good = await server.Http.GetAsync("/v2");
        using HttpResponseMessage bad = await server.Http.PostAsync("/v2/models/dummy/infer", new StringContent("{"));
        await Assert.That(bad.StatusCode).IsEqualTo(HttpStatusCode.BadRequest);
        foreach (HttpResponseMessage answer in new[] { preflight, good, bad })
        {
            await CheckAsync(answer, "http://a.example,http://b.example", "GET, POST", "X-One", "true");
        }
    }

    private static async Task CheckAsync(HttpResponseMessage answer, string origins, string methods, string headers, string? credentials)
    {
        await Assert.That(Value("Access-Control-Allow-Origin")).IsEqualTo(origins);
        await Assert.That(Value("Access-Control-Allow-Methods")).IsEqualTo(methods);
        await Assert.That(Value("Access-Control-Allow-Headers")).IsEqualTo(headers);
        await Assert.That(Value("Access-Control-Allow-Credentials")).IsEqualTo(credentials);

        string? Value(string name) => answer.Headers.NonValidated.TryGetValues(name, out System.Net.Http.Headers.HeaderStringValues values) ? values.ToString() : null;
    }
}
