using Ovms.Frontends.Rest;

namespace Ovms.Tests.Frontends.Rest;

public sealed class HeaderTextTests
{
    [Test]
    [Arguments("plain", "plain")]
    [Arguments("two\r\nlines\tand a tab", "two  lines and a tab")]
    [Arguments("1, 2, …, x", "1, 2, ..., x")]
    [Arguments("Grüße \u0001 €", "Gr??e ? ?")]
    public async Task Text_IsOneLineOfAscii(string text, string expected)
    {
        await Assert.That(HeaderText.Of(text)).IsEqualTo(expected);
    }

    [Test]
    public async Task LongText_IsCut()
    {
        await Assert.That(HeaderText.Of(new string('x', 100_000)).Length).IsLessThan(2100);
    }
}
