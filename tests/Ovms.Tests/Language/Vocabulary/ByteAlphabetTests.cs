using System.Text;
using Ovms.Language.Vocabulary;

namespace Ovms.Tests.Language.Vocabulary;

/// <summary>The letters of byte-level vocabularies are turned back into bytes.</summary>
public class ByteAlphabetTests
{
    [Test]
    [Arguments("Ġhello", " hello")]
    [Arguments("Ċ", "\n")]
    [Arguments("cafÃ©", "café")]
    [Arguments("æĹ¥", "日")]
    [Arguments("Ń", "\u00AD")]
    public async Task Letters_AreTheBytesThatTheyStandFor(string letters, string text)
    {
        byte[] expected = text == "\u00AD" ? [0xAD] : Encoding.UTF8.GetBytes(text);
        await Assert.That(ByteAlphabet.ToBytes(Encoding.UTF8.GetBytes(letters)).AsSpan().SequenceEqual(expected)).IsTrue();
    }

    [Test]
    public async Task TokenWithAnotherLetter_StaysAsItIs() =>
        await Assert.That(Encoding.UTF8.GetString(ByteAlphabet.ToBytes(Encoding.UTF8.GetBytes("日Ġ")))).IsEqualTo("日Ġ");
}
