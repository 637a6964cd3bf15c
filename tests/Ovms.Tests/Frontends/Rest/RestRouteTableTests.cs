using Ovms.Frontends.Rest;
using Ovms.Frontends.Rest.Server;
using Ovms.Options;
using Ovms.Serving.Lifecycle;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Frontends.Rest;

internal sealed class RestRouteTableTests
{
    private static readonly RestRouteTable s_table = CreateTable();

    [Test]
    [Arguments("/v2", "/v2", "", "")]
    [Arguments("/v2?verbose=1", "/v2", "", "")]
    [Arguments("/v2/health/live", "/v2/health/live", "", "")]
    [Arguments("/v2/health/ready", "/v2/health/ready", "", "")]
    [Arguments("/v2/models/m", "/v2/models/{model}", "m", "")]
    [Arguments("/v2/models/m/", "/v2/models/{model}/", "m", "")]
    [Arguments("/v2/models/m/versions/3", "/v2/models/{model}/versions/{version}", "m", "3")]
    [Arguments("/v2/models/m/versions/3/", "/v2/models/{model}/versions/{version}/", "m", "3")]
    [Arguments("/v2/models/m/ready", "/v2/models/{model}/ready", "m", "")]
    [Arguments("/v2/models/m/versions/3/ready", "/v2/models/{model}/versions/{version}/ready", "m", "3")]
    [Arguments("/v2/models/m/infer", "/v2/models/{model}/infer", "m", "")]
    [Arguments("/v2/models/m/versions/3/infer", "/v2/models/{model}/versions/{version}/infer", "m", "3")]
    [Arguments("/v2/models/m/versions/x", "/v2/models/{model}/versions/{version}", "m", "x")]
    [Arguments("/v2/models/team%2Fmodel/infer", "/v2/models/{model}/infer", "team/model", "")]
    [Arguments("/v2/models/a%20b%C3%A9", "/v2/models/{model}", "a bé", "")]
    [Arguments("/v2/models/a%ZZ%FF", "/v2/models/{model}", "a%ZZ%FF", "")]
    [Arguments("/v2/models/ready/ready", "/v2/models/{model}/ready", "ready", "")]
    [Arguments("/v2/models/../ready", "/v2/models/{model}/ready", "..", "")]
    [Arguments("/v1/models", "/v1/models", "", "")]
    [Arguments("/v3/v1/models?x=1", "/v3/v1/models", "", "")]
    [Arguments("/v1/models/m", "/v1/models/{path}", "m", "")]
    [Arguments("/v3/models/team/m%20a/x", "/v3/models/{path}", "team/m a/x", "")]
    [Arguments("/v3/models/a/b/c/d/e/f/g/h/i/j/k", "/v3/models/{path}", "a/b/c/d/e/f/g/h/i/j/k", "")]
    [Arguments("/v1/models/m/versions/3", "/v1/models/{model}/versions/{version}", "m", "3")]
    [Arguments("/v1/models/m/metadata", "/v1/models/{model}/metadata", "m", "")]
    [Arguments("/v1/models/m/versions/3/metadata", "/v1/models/{model}/versions/{version}/metadata", "m", "3")]
    [Arguments("/v1/models/m:predict", "/v1/models/{model}:predict", "m", "")]
    [Arguments("/v1/models/a:b%2Fc:predict", "/v1/models/{model}:predict", "a:b/c", "")]
    [Arguments("/v1/models/m/versions/3:predict", "/v1/models/{model}/versions/{version}:predict", "m", "3")]
    [Arguments("/v1/models/m/labels/l:predict", "/v1/models/{model}/labels/{label}:predict", "m", "")]
    [Arguments("/v1/models/:predict", "/v1/models/{path}", ":predict", "")]
    [Arguments("/v2/models/m/config", "/v2/models/{model}/config", "m", "")]
    [Arguments("/v2/models/m/versions/1/config", "/v2/models/{model}/versions/{version}/config", "m", "1")]
    [Arguments("/v2/models/m/stats", "/v2/models/{model}/stats", "m", "")]
    [Arguments("/v2/models/m/versions/1/stats", "/v2/models/{model}/versions/{version}/stats", "m", "1")]
    [Arguments("/v2/models/stats", "/v2/models/stats", "", "")]
    [Arguments("/v2/models/stats/", "/v2/models/{model}/", "stats", "")]
    [Arguments("/v2/models/stats/infer", "/v2/models/{model}/infer", "stats", "")]
    [Arguments("/v2/repository/index", "/v2/repository/index", "", "")]
    [Arguments("/v2/repository/models/m/load", "/v2/repository/models/{model}/load", "m", "")]
    [Arguments("/v2/models/m/trace/setting", "/v2/models/{model}/trace/setting", "m", "")]
    [Arguments("http://proxy:9000/v2/models/m/infer?x", "/v2/models/{model}/infer", "m", "")]
    public async Task KnownPath_FindsRowAndNames(string target, string template, string model, string version)
    {
        RestRoute? route = s_table.Find(target, out RestTarget named);
        await Assert.That(route?.Template).IsEqualTo(template);
        await Assert.That(named).IsEqualTo(new RestTarget(model, version));
    }

    [Test]
    public async Task Region_IsNamed()
    {
        await Assert.That(s_table.Find("/v2/cudasharedmemory/region/a%2Fb/unregister", out RestTarget named)).IsNotNull();
        await Assert.That(named).IsEqualTo(new RestTarget("", "", "a/b"));
    }

    [Test]
    [Arguments("/")]
    [Arguments("")]
    [Arguments("*")]
    [Arguments("/v2/")]
    [Arguments("/v1/models/")]
    [Arguments("/v1")]
    [Arguments("/v4/models")]
    [Arguments("/V2")]
    [Arguments("/v2/health")]
    [Arguments("/v2/health/live/")]
    [Arguments("/v2/models")]
    [Arguments("/v2/models/")]
    [Arguments("/v2/models//ready")]
    [Arguments("/v2/models/m/infer/")]
    [Arguments("/v2/models/m/versions")]
    [Arguments("/v2/models/m/versions//infer")]
    [Arguments("/v2/repository")]
    [Arguments("/v2/repository/index/")]
    [Arguments("/v2/systemsharedmemory/region//status")]
    [Arguments("/v2/models/a/b/c/d/e/f/g/h/i/j/k/l/m/infer")]
    [Arguments("http://proxy:9000")]
    public async Task UnknownPath_FindsNothing(string target) => await Assert.That(s_table.Find(target, out _)).IsNull();

    [Test]
    [Arguments("/v2", "GET", true)]
    [Arguments("/v2", "HEAD", true)]
    [Arguments("/v2", "POST", false)]
    [Arguments("/v2/models/m", "DELETE", false)]
    [Arguments("/v2/models/m/infer", "POST", true)]
    [Arguments("/v2/models/m/infer", "GET", false)]
    [Arguments("/v2/models/m/infer", "HEAD", false)]
    [Arguments("/v2/logging", "GET", true)]
    [Arguments("/v2/logging", "HEAD", true)]
    [Arguments("/v2/logging", "POST", true)]
    [Arguments("/v2/logging", "PUT", false)]
    public async Task Method_IsTakenOrNot(string target, string method, bool taken)
    {
        RestRoute route = s_table.Find(target, out _)!;
        await Assert.That(route.Takes(method)).IsEqualTo(taken);
        await Assert.That(route.Allow.Split(", ").Contains(method)).IsEqualTo(taken);
    }

    private static RestRouteTable CreateTable()
    {
        Served served = Served.Create(ReadyRule.All, metrics: null);
        RestSettings settings = new() { EndPoints = [], ServerVersion = "1" };
        return RestRoutes.Create(settings, served, TestCalls.Of(served));
    }
}
