using Ovms.Generation.Tokenizing;
using Ovms.Language.Vocabulary;
using Ovms.Repository.Language;

namespace Ovms.Tests.Generation.Tokenizing;

/// <summary>Where a detokenizer says that tokens begin is where their texts stand.</summary>
public class TokenStartTests
{
    private const string Text = "Hello, world . It's a test !\n\nOne  more: don't stop, 日本語 and 😀😁 , ça va ?";

    public static IEnumerable<string> Kinds() => TokenizerFolder.Kinds;

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task EveryToken_BeginsWhereItsTextStands(string kind)
    {
        LanguageFolder folder = TokenizerFolder.Of(kind);
        using LanguageTokenizer tokenizer = TokenizerFolder.Load(folder);
        int[] ids = tokenizer.Encode(Text, addSpecialTokens: true).Value!;
        await Check(tokenizer.NewDetokenizer(skipSpecialTokens: true), ids, tokenizer);
        await Check(new WindowDetokenizer(some => tokenizer.Decode(some, skipSpecialTokens: true)), ids, tokenizer);
    }

    [Test]
    public async Task PartsOfACharacter_BeginWhereItDoes()
    {
        // Bytes of tokens: a space and the first byte of 日, the second, the third and x.
        byte[] bytes = [(byte)' ', 0xE6, 0x97, 0xA5, (byte)'x'];
        DecodingRecipe recipe = new(TokenBytes.Make([0, 2, 3], [2, 3, 5], bytes, null)!, [], Utf8Mode.Replace, []);
        VocabularyDetokenizer detokenizer = new(recipe, skipSpecialTokens: true);
        await Assert.That(Starts(detokenizer, [0, 1, 2, 0, 1, 2])).IsEqualTo("0 1 1 3 4 4");

        // After the first bytes of a character that stays broken.
        await Assert.That(Starts(new VocabularyDetokenizer(recipe, skipSpecialTokens: true), [0, 0, 1, 0, 1, 2])).IsEqualTo("0 2 3 4 5 5");
    }

    [Test]
    public async Task SpaceThatIsRemovedLater_IsNoPlace()
    {
        // "a ", ".", "b": the space before the full stop goes, that before b stays.
        DecodingRecipe recipe = new(
            TokenBytes.Make([0, 2, 3], [2, 3, 4], "a .b"u8, null)!, [], Utf8Mode.Replace, [static () => new CleanUpRule()]);
        await Assert.That(Starts(new VocabularyDetokenizer(recipe, skipSpecialTokens: true), [0, 1, 0, 2, 0, 1])).IsEqualTo("0 1 2 4 5 6");
    }

    private static async Task Check(Detokenizer detokenizer, int[] ids, LanguageTokenizer tokenizer)
    {
        string text = "";
        int[] starts = new int[ids.Length + 1];
        for (int i = 0; i < ids.Length; i++)
        {
            text += detokenizer.Append(ids[i]).ToString();
            starts[i] = detokenizer.Start;
        }

        // A space at the end may be removed then.
        text += detokenizer.Flush().ToString();
        starts = [.. starts[..^1].Select(start => Math.Min(start, text.Length)), text.Length];
        await Assert.That(starts).IsInOrder();
        for (int i = 0; i < ids.Length; i++)
        {
            string alone = tokenizer.Decode([ids[i]], skipSpecialTokens: true);
            if (alone.Length > 0 && !alone.Contains('\uFFFD'))
            {
                await Assert.That(text[starts[i]..starts[i + 1]].Trim(' ')).IsEqualTo(alone.Trim(' ')).Because($"token {i} of '{text}'");
            }
        }
    }

    private static string Starts(Detokenizer detokenizer, int[] ids) => string.Join(' ', ids.Select(id =>
    {
        detokenizer.Append(id);
        return detokenizer.Start;
    }));
}
