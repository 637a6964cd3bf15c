using Ovms.Processes;

namespace Ovms.Tests.Processes;

/// <summary>What a child said, as it is told to callers.</summary>
public sealed class ToldTextTests
{
    [Test]
    public async Task Lines_AreJoined_AndLongTextsAreCut()
    {
        await Assert.That(ToldText.OneLine("one\r\n  two \n\n three")).IsEqualTo("one | two | three");
        await Assert.That(ToldText.OneLine(new string('a', 1201))).IsEqualTo(new string('a', 1200) + "...");
    }

    [Test]
    public async Task NoCutIsWithinACharacter()
    {
        string pairs = string.Concat(Enumerable.Repeat("\U0001F600", 700));
        await Assert.That(ToldText.OneLine("a" + pairs)).IsEqualTo("a" + pairs[..1198] + "...");
        await Assert.That(ToldText.Start("a" + pairs, 4)).IsEqualTo("a" + pairs[..2]);
        await Assert.That(ToldText.Start(pairs, 4)).IsEqualTo(pairs[..4]);
        await Assert.That(ToldText.Start("short", 5)).IsEqualTo("short");
        await Assert.That(ToldText.End(pairs + "a", 4)).IsEqualTo(pairs[..2] + "a");
        await Assert.That(ToldText.End(pairs, 4)).IsEqualTo(pairs[..4]);
        await Assert.That(ToldText.End("short", 9)).IsEqualTo("short");
    }
}
