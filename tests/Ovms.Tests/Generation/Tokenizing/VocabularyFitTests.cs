using Ovms.Generation.Tokenizing;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Tests.Generation.Tokenizing;

/// <summary>A tokenizer of another model is told at load, and one with a few tokens more is served.</summary>
public class VocabularyFitTests
{
    [Test]
    [Arguments(1500, 1500, 1499, null, 0)]
    [Arguments(32000, 32064, 7, null, 0)]
    [Arguments(-1, 1500, 1499, null, 0)]
    [Arguments(1503, 1500, 7, null, 1)]
    [Arguments(32064, 32000, 7, null, 1)]
    [Arguments(49152, 1500, 7, "has 49152 tokens; the model has logits for 1500", 0)]
    [Arguments(-1, 1500, 9690, "makes the token 9690 of a usual text; the model has the tokens 0 to 1499", 0)]
    public async Task Tokens_FitTheLogits(int ids, int logits, int usual, string? fault, int notes)
    {
        List<string> told = [];
        Outcome fits = VocabularyFit.Check(new LanguageFolder("/m"), ids, [3, usual], logits, told);
        await Assert.That(fits.IsOk).IsEqualTo(fault is null);
        await Assert.That(fits.Text).Contains(fault ?? "");
        await Assert.That(told.Count).IsEqualTo(notes);
    }
}
