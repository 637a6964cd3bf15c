using Microsoft.AspNetCore.Http;
using Ovms.Frontends.Rest;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Rest;

internal sealed class CorsHeadersTests
{
    [Test]
    public async Task Default_AllowsAllWithoutCredentials()
    {
        IHeaderDictionary answer = new HeaderDictionary();
        CorsHeaders.Default.Apply(answer);
        await Assert.That(answer.AccessControlAllowOrigin.ToString()).IsEqualTo("*");
        await Assert.That(answer.AccessControlAllowMethods.ToString()).IsEqualTo("*");
        await Assert.That(answer.AccessControlAllowHeaders.ToString()).IsEqualTo("*");
        await Assert.That(answer.ContainsKey("Access-Control-Allow-Credentials")).IsFalse();
    }

    [Test]
    public async Task Configured_AppliesVerbatim()
    {
        IHeaderDictionary answer = new HeaderDictionary();
        CorsHeaders.Create(true, "https://a.example, https://b.example", "GET,POST", "X-One").Value!.Apply(answer);
        await Assert.That(answer.AccessControlAllowOrigin.ToString()).IsEqualTo("https://a.example, https://b.example");
        await Assert.That(answer.AccessControlAllowMethods.ToString()).IsEqualTo("GET,POST");
        await Assert.That(answer.AccessControlAllowHeaders.ToString()).IsEqualTo("X-One");
        await Assert.That(answer.AccessControlAllowCredentials.ToString()).IsEqualTo("true");
    }

    [Test]
    [Arguments("a\r\nX-Evil: 1", "*", "*", "allowed_origins", "U+000D")]
    [Arguments("*", "GÉT", "*", "allowed_methods", "U+00C9")]
    [Arguments("*", "*", "\0", "allowed_headers", "U+0000")]
    public async Task ValueThatIsNoHeader_IsRefusedByName(string origins, string methods, string headers, string option, string character)
    {
        Outcome<CorsHeaders> made = CorsHeaders.Create(false, origins, methods, headers);
        await Assert.That(made.Code).IsEqualTo(StatusCode.OptionsUsageError);
        await Assert.That(made.Text).Contains(option).And.Contains(character);
    }
}
