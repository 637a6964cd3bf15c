using System.Text.RegularExpressions;
using Ovms.Language.Vocabulary;

namespace Ovms.Tests.Language.Vocabulary;

/// <summary>Decoding the last tokens again gives the text of all tokens, however long the answer is.</summary>
public class WindowDetokenizerTests
{
    private static readonly string[] s_tokens = [" a", "b", " '", "s", " ", ".", " n", "'t", "word", " word", "\n", "日", "", " don", "!"];

    [Test]
    public async Task AnySequence_GivesTheTextOfAll()
    {
        Random random = new(9);
        for (int round = 0; round < 60; round++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => random.Next(s_tokens.Length))];
            WindowDetokenizer detokenizer = new(Decode);
            string text = "";
            foreach (int id in ids)
            {
                text += detokenizer.Append(id).ToString();
            }

            text += detokenizer.Flush().ToString();
            await Assert.That(text).IsEqualTo(Decode(ids));
        }
    }

    [Test]
    public async Task LongAnswer_IsDecodedInShortPieces()
    {
        int most = 0;
        WindowDetokenizer detokenizer = new(ids =>
        {
            most = Math.Max(most, ids.Length);
            return Decode(ids);
        });
        for (int i = 0; i < 2_000; i++)
        {
            _ = detokenizer.Append(i % 10);
        }

        await Assert.That(most).IsLessThanOrEqualTo(32);
    }

    [Test]
    public async Task TokensWithoutText_DoNotPileUp()
    {
        int most = 0;
        WindowDetokenizer detokenizer = new(ids =>
        {
            most = Math.Max(most, ids.Length);
            return "";
        });
        for (int i = 0; i < 2_000; i++)
        {
            _ = detokenizer.Append(12);
        }

        await Assert.That(most).IsLessThanOrEqualTo(300);
    }

    // As SentencePiece with clean-up: the first space goes, and those before marks and short forms.
    private static string Decode(ReadOnlySpan<int> ids)
    {
        string all = "";
        foreach (int id in ids)
        {
            all += s_tokens[id];
        }

        return Regex.Replace(Regex.Replace(all, @"\A ", ""), @" ([.!]|'s|n't)", "$1");
    }
}
