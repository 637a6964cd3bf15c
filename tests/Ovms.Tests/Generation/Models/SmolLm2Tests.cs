using Ovms.Generation.Models;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Models;

/// <summary>A trained model of 135M parameters, in INT4.</summary>
public class SmolLm2Tests
{
    [Test]
    public async Task TwentyPrompts_AreAnsweredExactly_AloneAndInCompany()
    {
        References references = References.OfSmolLm2();
        Outcome<LoadedLanguageModel> loaded = LanguageModelLoader.Load(Engine.Core, references.Model, references.Settings);
        await Assert.That(loaded.Text).IsEqualTo("OK");
        using LoadedLanguageModel model = loaded.Value!;
        await Assert.That(references.Records.Length).IsEqualTo(20);
        GreedyLoop loop = new(model.Runner);
        List<string> wrong = [];
        foreach (Reference reference in references.Records.Where(static (_, i) => i % 5 == 0))
        {
            int[] answer = loop.Answer(reference.Prompt, 48, references.EndId);
            if (!answer.SequenceEqual(reference.Answer))
            {
                wrong.Add($"alone {reference.Name}");
            }
        }

        for (int first = 0; first < references.Records.Length; first += 10)
        {
            Reference[] some = references.Records[first..(first + 10)];
            int[][] answers = new GreedyLoop(model.Runner) { Chunk = 32 }.Answer([.. some.Select(static record => record.Prompt)], 48, references.EndId);
            wrong.AddRange(some.Where((reference, i) => !answers[i].SequenceEqual(reference.Answer)).Select(static reference => $"in company {reference.Name}"));
        }

        await Assert.That(wrong).IsEmpty();
    }
}
