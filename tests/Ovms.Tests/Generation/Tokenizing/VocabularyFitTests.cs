using Ovms.Generation.Tokenizing;
using Ovms.Repository.Language;

namespace Ovms.Tests.Generation.Tokenizing;

/// <summary>A tokenizer of another model is told at load.</summary>
public class VocabularyFitTests
{
    [Test]
    [Arguments(1500, 1500, 1499, null)]
    [Arguments(32000, 32064, 7, null)]
    [Arguments(-1, 1500, 1499, null)]
    [Arguments(1503, 1500, 7, "A prompt with one of the last 3 is refused")]
    [Arguments(32064, 32000, 7, "A prompt with one of the last 64 is refused")]
    [Arguments(49152, 1500, 7, "has 49152 tokens; the model has logits for 1500")]
    [Arguments(-1, 1500, 9690, "makes the token 9690 of a usual text; the model has the tokens 0 to 1499")]
    public async Task TokensThatTheModelLacks_AreTold(int ids, int logits, int usual, string? expected)
    {
        string? told = VocabularyFit.WarningOf(new LanguageFolder("/m"), ids, [3, usual], logits);
        await Assert.That(told is null).IsEqualTo(expected is null);
        await Assert.That(told ?? "").Contains(expected ?? "");
    }
}
