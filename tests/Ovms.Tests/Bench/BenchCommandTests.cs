using Ovms.Bench;
using Ovms.Status;

namespace Ovms.Tests.Bench;

public sealed class BenchCommandTests
{
    [Test]
    [Arguments("1", "1")]
    [Arguments("1,2, 8", "1 2 8")]
    [Arguments("1024", "1024")]
    public async Task Concurrency_IsReadInOrder(string text, string expected) =>
        await Assert.That(string.Join(' ', BenchCommand.ParseConcurrency(text).Value)).IsEqualTo(expected);

    [Test]
    [Arguments("")]
    [Arguments("0")]
    [Arguments("1,,2")]
    [Arguments("-1")]
    [Arguments("1025")]
    [Arguments("two")]
    public async Task WrongConcurrency_IsRefusedWithWhatWasExpected(string text)
    {
        Outcome refused = BenchCommand.ParseConcurrency(text).WithoutValue;
        await Assert.That(refused.Code).IsEqualTo(StatusCode.OptionsUsageError);
        await Assert.That(refused.Text).Contains("from 1 to 1024");
    }
}
