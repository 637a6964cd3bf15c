using Ovms.Frontends.Rest.OpenAi;
using Ovms.Language.Vocabulary;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>Where the tokens of a prompt stand in its text.</summary>
public class PromptOffsetsTests
{
    // 0 "<s>", 1 "Hi", 2 " 😀", 3 " you", 4 and 5 the halves of é.
    private static readonly DecodingRecipe s_recipe = new(
        TokenBytes.Make([0, 3, 5, 10, 14, 15], [3, 5, 10, 14, 15, 16], "<s>Hi 😀 youé"u8, null)!, [], Utf8Mode.Replace, []);

    [Test]
    [Arguments("Hi 😀 youé", "1,2,3,4,5", 0, 0, "0 2 4 8 8")]
    [Arguments("Hi 😀 you", "0,1,2,3,0", 1, 1, "0 0 2 4 8")]
    [Arguments("<s>Hi", "0,0,1", 1, 0, "0 0 3")]
    [Arguments("H", "1,3,3", 0, 0, "0 1 1")]
    [Arguments("", "0", 1, 0, "0")]
    public async Task Tokens_BeginWhereTheirTextDoes(string text, string ids, int before, int after, string expected)
    {
        VocabularyDetokenizer detokenizer = new(s_recipe, skipSpecialTokens: false);
        int[] offsets = PromptOffsets.Of(detokenizer, text, [.. ids.Split(',').Select(int.Parse)], before, after);
        await Assert.That(string.Join(' ', offsets)).IsEqualTo(expected);
    }

    [Test]
    [Arguments("", 0)]
    [Arguments("aé日", 3)]
    [Arguments("😀a😁😁", 4)]
    public async Task Characters_AreThoseOfUnicode(string text, int expected) =>
        await Assert.That(PromptOffsets.Characters(text)).IsEqualTo(expected);
}
