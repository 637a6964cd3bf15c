using System.Buffers;
using System.Text;
using Ovms.Language.Vocabulary;

namespace Ovms.Tests.Language.Vocabulary;

/// <summary>Bytes in pieces become characters, and broken ones what the IR's UTF8Validate makes of them.</summary>
public class Utf8StreamTests
{
    private const string All = "a\0é€\U0001F600\U0010FFFF\u0301ж日\uFFFDz";

    [Test]
    public async Task EverySplit_GivesTheWholeText_AndNeverHalfACharacter()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(All);
        foreach (Utf8Mode mode in Enum.GetValues<Utf8Mode>())
        {
            for (int first = 0; first <= bytes.Length; first++)
            {
                for (int second = first; second <= bytes.Length; second++)
                {
                    string[] pieces = Pieces(mode, bytes[..first], bytes[first..second], bytes[second..]);
                    await Assert.That(string.Concat(pieces)).IsEqualTo(All);
                    await Assert.That(pieces.Any(static piece => piece.Length > 0 && char.IsHighSurrogate(piece[^1]))).IsFalse();
                }
            }
        }
    }

    // Seen with UTF8Validate of the tokenizers extension 2026.4.1; where it leaves bytes alone, their reader replaces each of them.
    [Test]
    [Arguments("E282 61", "\uFFFDa", "a")]
    [Arguments("E282", "\uFFFD", "")]
    [Arguments("E080", "\uFFFD", "")]
    [Arguments("E08080", "\uFFFD\uFFFD\uFFFD", "")]
    [Arguments("C080", "\uFFFD\uFFFD", "")]
    [Arguments("F0808080", "\uFFFD\uFFFD\uFFFD\uFFFD", "")]
    [Arguments("80 61", "\uFFFDa", "a")]
    [Arguments("8080", "\uFFFD\uFFFD", "")]
    [Arguments("EDA080", "\uFFFD\uFFFD\uFFFD", "\uFFFD\uFFFD\uFFFD")]
    [Arguments("F4908080", "\uFFFD\uFFFD\uFFFD\uFFFD", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [Arguments("F5 61", "\uFFFDa", "a")]
    [Arguments("F8 FF", "\uFFFD\uFFFD", "")]
    [Arguments("E282 E282AC", "\uFFFD€", "€")]
    [Arguments("F09F98 C3A9", "\uFFFDé", "é")]
    public async Task BrokenCharacters_AreWhatTheIrMakesOfThem(string hex, string replaced, string ignored)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        await Assert.That(string.Concat(Pieces(Utf8Mode.Replace, bytes))).IsEqualTo(replaced);
        await Assert.That(string.Concat(Pieces(Utf8Mode.Replace, [.. bytes.Select(static value => new[] { value })]))).IsEqualTo(replaced);
        await Assert.That(string.Concat(Pieces(Utf8Mode.Ignore, bytes))).IsEqualTo(ignored);
    }

    [Test]
    public async Task UncheckedBytes_AreReplacedByTheStandard()
    {
        Random random = new(3);
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            await Assert.That(string.Concat(Pieces(Utf8Mode.Unchecked, [.. bytes.Select(static value => new[] { value })])))
                .IsEqualTo(Encoding.UTF8.GetString(bytes));
        }
    }

    private static string[] Pieces(Utf8Mode mode, params byte[][] pieces)
    {
        Utf8Stream stream = new(mode);
        List<string> texts = [];
        foreach (byte[] piece in pieces)
        {
            ArrayBufferWriter<char> text = new();
            stream.Append(piece, text);
            texts.Add(text.WrittenSpan.ToString());
        }

        ArrayBufferWriter<char> rest = new();
        stream.Flush(rest);
        return [.. texts, rest.WrittenSpan.ToString()];
    }
}
