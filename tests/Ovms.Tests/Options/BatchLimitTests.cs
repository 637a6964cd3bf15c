using Ovms.Options;

namespace Ovms.Tests.Options;

public sealed class BatchLimitTests
{
    [Test]
    [Arguments("off", 0)]
    [Arguments("2", 2)]
    [Arguments("32", 32)]
    [Arguments("1024", 1024)]
    public async Task Limit_IsANumberOrOff(string text, int rows)
    {
        await Assert.That(BatchLimit.TryParse(text, out BatchLimit limit, out string? why)).IsTrue();
        await Assert.That((limit.Rows, limit.ToString(), why)).IsEqualTo((rows, text, null));
    }

    [Test]
    [Arguments("0")]
    [Arguments("1")]
    [Arguments("1025")]
    [Arguments("-2")]
    [Arguments("on")]
    [Arguments("Off")]
    [Arguments("")]
    public async Task OtherTexts_AreRefusedWithWhatIsExpected(string text)
    {
        await Assert.That(BatchLimit.TryParse(text, out _, out string? why)).IsFalse();
        await Assert.That(why).IsEqualTo($"'{text}' is neither off nor a whole number from 2 to 1024");
    }
}
