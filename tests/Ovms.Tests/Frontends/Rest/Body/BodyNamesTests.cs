using System.Text;
using System.Text.Json;
using Ovms.Frontends.Rest.Body;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Rest.Body;

/// <summary>Names of members that are no texts are refused before anyone looks a member up.</summary>
public class BodyNamesTests
{
    [Test]
    [Arguments("""{"\ud800":1,"model":"m"}""", 1)]
    [Arguments("""{"model":"m","messages":[{"role":"user","\uDC00":1}]}""", 40)]
    [Arguments("""{"logit_bias":{"1\ud83d":1}}""", 15)]
    public async Task HalfASurrogatePairInAName_IsTheCallersFault(string json, int offset)
    {
        Outcome<JsonDocument> body = JsonBody.Parse(Encoding.UTF8.GetBytes(json));
        await Assert.That(body.Code).IsEqualTo(StatusCode.JsonInvalid);
        await Assert.That(body.Code.ToHttp()).IsEqualTo(400);
        await Assert.That(body.Text).Contains($"half of a surrogate pair. Offset: {offset}");
    }

    [Test]
    [Arguments("""{"\ud83d\ude00":1}""")]
    [Arguments("""{"a":"\ud800"}""")]
    [Arguments("""{"\\ud800":1}""")]
    public async Task OtherNames_AreTaken(string json)
    {
        using JsonDocument? body = JsonBody.Parse(Encoding.UTF8.GetBytes(json)).Value;
        await Assert.That(body).IsNotNull();
    }
}
