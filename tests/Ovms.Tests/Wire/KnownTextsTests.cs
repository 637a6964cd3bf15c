using System.Text;
using Ovms.Wire;

namespace Ovms.Tests.Wire;

public sealed class KnownTextsTests
{
    [Test]
    public async Task Texts_ComeAsTheyWereAndTheSameStringAgain()
    {
        // More than there are places: some take another's.
        string[] texts = [.. Enumerable.Range(0, 3000).Select(static i => $"input_{i}")];
        foreach (string text in texts)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            string? first = KnownTexts.Find(bytes);
            await Assert.That(first).IsEqualTo(text);
            await Assert.That(ReferenceEquals(KnownTexts.Find(bytes), first)).IsTrue();
        }
    }

    [Test]
    public async Task LongOrForeignTexts_AreNotKept()
    {
        await Assert.That(KnownTexts.Find([])).IsEqualTo("");
        await Assert.That(KnownTexts.Find(new byte[49])).IsNull();
        await Assert.That(KnownTexts.Find("größe"u8)).IsNull();
        await Assert.That(KnownTexts.Find([0xFF])).IsNull();
    }
}
