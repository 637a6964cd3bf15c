using Ovms.Generation.Tokenizing;
using Ovms.Repository.Language;

namespace Ovms.Tests.Generation.Tokenizing;

/// <summary>Every kind of tokenizer decodes in pieces what its IR decodes at once.</summary>
public class TokenizerKindTests
{
    public static IEnumerable<string> Kinds() => TokenizerFolder.Kinds;

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task EachIdAlone_IsWhatTheIrSays(string kind)
    {
        LanguageFolder folder = TokenizerFolder.Of(kind);
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(folder);
        Func<int[], string> oracle = TokenizerFolder.Oracle(folder);

        List<string> differences = [];
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            string expected = kind == "bpe_all_shown" && tokenizer.IsSpecial(id) ? "" : oracle([id]);
            string given = TokenizerFolder.InPieces(tokenizer.NewDetokenizer(skipSpecialTokens: true), [id]);
            if (given != expected)
            {
                differences.Add($"{id}: '{given}' for '{expected}'");
            }
        }

        await Assert.That(differences).IsEmpty();
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task RandomSequences_AreWhatTheIrSays(string kind)
    {
        LanguageFolder folder = TokenizerFolder.Of(kind);
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(folder);
        Func<int[], string> oracle = TokenizerFolder.Oracle(folder);
        Random random = new(7);

        for (int round = 0; round < 100; round++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(1, 80)).Select(_ => random.Next(tokenizer.VocabularySize))];
            string expected = oracle(kind == "bpe_all_shown" ? [.. ids.Where(id => !tokenizer.IsSpecial(id))] : ids);
            await Assert.That(TokenizerFolder.InPieces(tokenizer.NewDetokenizer(skipSpecialTokens: true), ids)).IsEqualTo(expected);
            await Assert.That(tokenizer.Decode(ids, skipSpecialTokens: true)).IsEqualTo(expected);
            await Assert.That(TokenizerFolder.InPieces(TokenizerFolder.Window(oracle), ids)).IsEqualTo(oracle(ids));
        }
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task Kind_IsProvenOrFallsBack(string kind)
    {
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(TokenizerFolder.Of(kind));
        await Assert.That(tokenizer.IsByVocabulary).IsEqualTo(!kind.StartsWith("sentencepiece", StringComparison.Ordinal))
            .Because(string.Join(" ", tokenizer.Notes));
    }
}
