using Ovms.Status;

namespace Ovms.Tests.Status;

public sealed class ShownTests
{
    [Test]
    [Arguments(0)]
    [Arguments(100)]
    public async Task ShortText_StaysAsItIs(int length)
    {
        string text = new('x', length);
        await Assert.That(Shown.Bounded(text)).IsEqualTo(text);
    }

    [Test]
    public async Task LongText_IsCut() =>
        await Assert.That(Shown.Bounded(new string('x', 101))).IsEqualTo(new string('x', 100) + "...");

    [Test]
    public async Task Character_IsNotCutInTwo() =>
        await Assert.That(Shown.Bounded(new string('x', 99) + "🦊🦊")).IsEqualTo(new string('x', 99) + "...");
}
