using System.Buffers;
using System.Text.RegularExpressions;
using Ovms.Language.Vocabulary;

namespace Ovms.Tests.Language.Vocabulary;

/// <summary>A rule in pieces does what its regular expression does to the whole text.</summary>
public class TextRuleTests
{
    private static readonly (Func<TextRule> Make, string Expression, string Replacement)[] s_rules =
    [
        (static () => new FirstTextRule(" ", beforeOther: false), @"\A ", ""),
        (static () => new FirstTextRule("ab", beforeOther: false), @"\Aab", ""),
        (static () => new FirstTextRule(" ", beforeOther: true), @"\A ([^ ])", "$1"),
        (static () => new LastSpaceRule(), @" (?=\n?\z)", ""),
        (static () => new ReplaceRule("##", ""), "##", ""),
        (static () => new ReplaceRule("</w>", " "), "</w>", " "),
        (static () => new ReplaceRule("aab", "-"), "aab", "-"),
    ];

    private static readonly string[] s_parts =
    [
        " ", " ", "'", "s", "m", "r", "v", "e", "n", "t", ".", "\\", "?", "!", ",", "#", "##", "a", "aa", "b", "</w>", "<", "/w", "\n", "x",
    ];

    [Test]
    public async Task AnyPieces_GiveWhatTheExpressionGives()
    {
        Random random = new(5);
        for (int round = 0; round < 4_000; round++)
        {
            string[] pieces = [.. Enumerable.Range(0, random.Next(0, 14)).Select(_ => s_parts[random.Next(s_parts.Length)])];
            string all = string.Concat(pieces);
            await Assert.That(InPieces(new CleanUpRule(), pieces)).IsEqualTo(Cleaned(all)).Because($"on '{string.Join('|', pieces)}'");
            foreach ((Func<TextRule> make, string expression, string replacement) in s_rules)
            {
                string expected = Regex.Replace(all, expression, replacement);
                string given = InPieces(make(), pieces);
                await Assert.That(given).IsEqualTo(expected).Because($"{expression} on '{string.Join('|', pieces)}'");
            }
        }
    }

    [Test]
    public async Task WhatNoLaterPieceCanChange_IsGivenAtOnce()
    {
        await Assert.That(First(new CleanUpRule(), "a word")).IsEqualTo("a word");
        await Assert.That(First(new CleanUpRule(), "a ")).IsEqualTo("a");
        await Assert.That(First(new ReplaceRule("##", ""), "a#b")).IsEqualTo("a#b");
        await Assert.That(First(new LastSpaceRule(), "a b")).IsEqualTo("a b");
        await Assert.That(First(new FirstTextRule(" ", beforeOther: false), "a")).IsEqualTo("a");
    }

    // The expression of converters has alternatives that share a group, which .NET does not know: the first one that fits counts.
    private static string Cleaned(string text) => Regex.Replace(
        text,
        @" ([\\.?!,])| ('[ms])| (') | ('[rv]e)| (n't)",
        static match => string.Concat(match.Groups.Values.Skip(1).Select(static group => group.Value)));

    private static string InPieces(TextRule rule, IEnumerable<string> pieces)
    {
        ArrayBufferWriter<char> text = new();
        foreach (string piece in pieces)
        {
            rule.Append(piece, text);
        }

        rule.Flush(text);
        return text.WrittenSpan.ToString();
    }

    private static string First(TextRule rule, string piece)
    {
        ArrayBufferWriter<char> text = new();
        rule.Append(piece, text);
        return text.WrittenSpan.ToString();
    }
}
