using System.Text.Json;
using Ovms.Generation.Tokenizing;
using Ovms.Repository.Language;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Generation.Tokenizing;

/// <summary>The tokenizers of real exports: reference lines both ways, and the IR's own decoding.</summary>
public class LanguageModelTokensTests
{
    private static readonly string[] s_texts =
    [
        "Hello, world!", "  two\n\nlines\t", "naïve “quotes”", "日本語のテキストと漢字", "مرحبا بالعالم", "नमस्ते दुनिया", "Привет, мир",
        "👩‍👩‍👧‍👦 family 🇩🇪 flag 🙂", "e\u0301 a\u0308\u0301", "\U0001F600\U00020000", "a\0b\0", "",
    ];

    public static IEnumerable<string> Models() =>
    [
        "smollm2_135m", "minilm", "embed_qwen3", "tiny_rerank", "rerank_qwen3",
        .. FamilyNames().Select(static name => "families/" + name),
    ];

    [Test]
    public async Task ReferenceLines_AreEqualBothWays()
    {
        LanguageFolder folder = TokenizerFolder.Beside("smollm2_135m");
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(folder);
        string file = Path.Combine(folder.Path, "..", "..", "expected", "generative", "smollm2_tokens.json");
        using JsonDocument expected = JsonDocument.Parse(await File.ReadAllBytesAsync(file));

        int lines = 0;
        foreach (JsonElement line in expected.RootElement.GetProperty("lines").EnumerateArray())
        {
            string text = line.GetProperty("text").GetString()!;
            int[] plain = Ids(line, "ids");
            int[] special = Ids(line, "ids_with_special");
            await Assert.That(tokenizer.Encode(text, addSpecialTokens: false).Value).IsEquivalentTo(plain, CollectionOrdering.Matching);
            await Assert.That(tokenizer.Encode(text, addSpecialTokens: true).Value).IsEquivalentTo(special, CollectionOrdering.Matching);
            await Assert.That(tokenizer.Decode(plain, skipSpecialTokens: true)).IsEqualTo(line.GetProperty("decoded").GetString());
            await Assert.That(TokenizerFolder.InPieces(tokenizer.NewDetokenizer(skipSpecialTokens: false), plain))
                .IsEqualTo(line.GetProperty("decoded_with_special").GetString());
            lines++;
        }

        await Assert.That(lines).IsGreaterThan(10);
    }

    [Test]
    [MethodDataSource(nameof(Models))]
    public async Task EachIdAlone_IsWhatTheIrSays(string model)
    {
        LanguageFolder folder = TokenizerFolder.Beside(model);
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(folder);
        await Assert.That(tokenizer.IsByVocabulary).IsTrue().Because(string.Join(" ", tokenizer.Notes));
        string[] expected = TokenizerFolder.Alone(folder, tokenizer.VocabularySize);

        List<string> differences = [];
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            string given = TokenizerFolder.InPieces(tokenizer.NewDetokenizer(skipSpecialTokens: true), [id]);
            if (given != expected[id])
            {
                differences.Add($"{id}: '{given}' for '{expected[id]}'");
            }
        }

        await Assert.That(differences).IsEmpty();
    }

    [Test]
    [MethodDataSource(nameof(Models))]
    public async Task SequencesAndTexts_AreWhatTheIrSays(string model)
    {
        LanguageFolder folder = TokenizerFolder.Beside(model);
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(folder);
        Func<int[], string> oracle = TokenizerFolder.Oracle(folder);
        Random random = new(11);
        List<int[]> sequences = [.. s_texts.Select(text => tokenizer.Encode(text, addSpecialTokens: true).Value!)];
        for (int round = 0; round < 100; round++)
        {
            sequences.Add([.. Enumerable.Range(0, random.Next(1, 100)).Select(_ => random.Next(tokenizer.VocabularySize))]);
        }

        foreach (int[] ids in sequences)
        {
            string expected = oracle(ids);
            await Assert.That(TokenizerFolder.InPieces(tokenizer.NewDetokenizer(skipSpecialTokens: true), ids)).IsEqualTo(expected);
            await Assert.That(TokenizerFolder.InPieces(TokenizerFolder.Window(oracle), ids)).IsEqualTo(expected);
        }
    }

    [Test]
    [MethodDataSource(nameof(Models))]
    public async Task AnyText_IsGivenBackByByteLevelVocabularies(string model)
    {
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(TokenizerFolder.Beside(model));
        bool isByteLevel = model is not ("minilm" or "tiny_rerank");
        foreach (string text in s_texts)
        {
            int[] plain = tokenizer.Encode(text, addSpecialTokens: false).Value!;
            int[] special = tokenizer.Encode(text, addSpecialTokens: true).Value!;
            await Assert.That(special)
                .IsEquivalentTo([.. tokenizer.Around.Before, .. plain, .. tokenizer.Around.After], CollectionOrdering.Matching);
            if (isByteLevel)
            {
                // Some of the vocabularies normalise: NFC makes one character of a letter and its accents.
                string given = tokenizer.Decode(plain, skipSpecialTokens: false);
                await Assert.That(given == text || given == text.Normalize()).IsTrue().Because($"'{given}' for '{text}'");
            }
        }
    }

    private static IEnumerable<string> FamilyNames()
    {
        string? folder = Setup.Repo.Root;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, "shared", "models", "families")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder is null ? [] : Directory.EnumerateDirectories(Path.Combine(folder, "shared", "models", "families"))
            .Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
    }

    private static int[] Ids(JsonElement line, string name) =>
        [.. line.GetProperty(name).EnumerateArray().Select(static id => id.GetInt32())];
}
