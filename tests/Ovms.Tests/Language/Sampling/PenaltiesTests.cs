using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>What penalties, bias and minimum do to single logits: tables by hand.</summary>
public class PenaltiesTests
{
    [Test]
    public async Task RepetitionPenalty_CoversPromptAndAnswerOnce()
    {
        float[] row = [4, -4, 0, 4, -4, 4];
        Apply(new SamplingRules { RepetitionPenalty = 2 }, row, prompt: [0, 1, 0, 2], generated: [3, 4, 3, 0]);
        await Assert.That(row).IsEquivalentTo([2f, -8, 0, 2, -8, 4], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task RepetitionPenaltyBelowOne_MakesRepetitionLikelier()
    {
        float[] row = [4, -4, 0, 4];
        Apply(new SamplingRules { RepetitionPenalty = 0.5f }, row, prompt: [0, 1], generated: [2]);
        await Assert.That(row).IsEquivalentTo([8f, -2, 0, 4], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task PresencePenalty_SubtractsOnceFromTheAnswersTokens()
    {
        float[] row = [1, -1, 1, -1];
        Apply(new SamplingRules { PresencePenalty = 0.5f }, row, prompt: [0, 1], generated: [2, 3, 3]);
        await Assert.That(row).IsEquivalentTo([1f, -1, 0.5f, -1.5f], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task FrequencyPenalty_SubtractsAsOftenAsATokenOccurs()
    {
        float[] row = [1, -1, 1, -1];
        Apply(new SamplingRules { FrequencyPenalty = 0.5f }, row, prompt: [0, 1], generated: [2, 3, 3, 3]);
        await Assert.That(row).IsEquivalentTo([1f, -1, 0.5f, -2.5f], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task PresenceAndFrequency_LeaveThePromptsTokensAlone()
    {
        float[] row = [4, 4, 4];
        Apply(new SamplingRules { RepetitionPenalty = 2, PresencePenalty = 1, FrequencyPenalty = 0.5f }, row, prompt: [0, 1], generated: [1]);
        await Assert.That(row).IsEquivalentTo([2f, 0.5f, 4], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task NegativePenalties_MakeRepetitionLikelier()
    {
        float[] row = [1, -1];
        Apply(new SamplingRules { FrequencyPenalty = -0.5f, PresencePenalty = -1 }, row, prompt: [], generated: [0, 1, 1]);
        await Assert.That(row).IsEquivalentTo([2.5f, 1f], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task Order_IsBiasThenRepetitionThenPresenceAndFrequency()
    {
        // (1 + 3) / 2 - (0.25 + 2 · 0.5); and (-2 - 1) · 2 - (0.25 + 0.5).
        float[] row = [1, -2];
        SamplingRules rules = new()
        {
            LogitBias = [new TokenBias(0, 3), new TokenBias(1, -1)],
            RepetitionPenalty = 2,
            PresencePenalty = 0.25f,
            FrequencyPenalty = 0.5f,
        };
        Apply(rules, row, prompt: [], generated: [0, 1, 0]);
        await Assert.That(row).IsEquivalentTo([0.75f, -6.75f], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task Bias_OfAHundredForcesOrForbids()
    {
        float[] row = Rows.Normal(500, 1);
        int best = Rows.Sorted(row)[0];
        var forced = new Sampler(new SamplingRules { LogitBias = [new TokenBias(321, 100)] }, 0, []);
        var forbidden = new Sampler(new SamplingRules { LogitBias = [new TokenBias(best, -100)], Temperature = 2 }, 0, []);
        for (int i = 0; i < 1000; i++)
        {
            await Assert.That(forced.Next([.. row]).Id).IsEqualTo(321);
            await Assert.That(forbidden.Next([.. row]).Id).IsNotEqualTo(best);
        }
    }

    [Test]
    public async Task Ends_AreHeldBackUntilTheMinimum()
    {
        SamplingRules rules = new() { Temperature = 0, MinTokens = 2, EndIds = [1, 2, 99], LogitBias = [new TokenBias(1, 100)] };
        var sampler = new Sampler(rules, 0, []);
        await Assert.That(sampler.Next([1, 9, 8, 2]).Id).IsEqualTo(3);
        await Assert.That(sampler.Next([1, 9, 8, 2]).Id).IsEqualTo(3);
        await Assert.That(sampler.Next([1, 9, 8, 2]).Id).IsEqualTo(1);
    }

    [Test]
    public async Task OnlyEndsBeforeTheMinimum_IsReported()
    {
        var sampler = new Sampler(new SamplingRules { MinTokens = 1, EndIds = [0, 1] }, 0, []);
        await Assert.That(sampler.Next([1, 2]).Fault).IsEqualTo(RowFault.NothingAllowed);
    }

    [Test]
    public async Task ForeignIdsOfThePrompt_AreIgnored()
    {
        float[] row = [4, 4];
        Apply(new SamplingRules { RepetitionPenalty = 2 }, row, prompt: [1, 2, 1_000_000, -1], generated: []);
        await Assert.That(row).IsEquivalentTo([4f, 2], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task ExtremePenalties_AreNoFaultOfTheModel()
    {
        SamplingRules rules = new() { Temperature = 0, RepetitionPenalty = 1e-40f, PresencePenalty = -3e38f };
        var sampler = new Sampler(rules, 0, [0, 1]);
        await Assert.That(sampler.Next([-1, 5, 7]).Id).IsEqualTo(1);
        await Assert.That(sampler.Next([-1, 5, 7]).Fault).IsEqualTo(RowFault.None);
    }

    [Test]
    public async Task Counts_AreThoseOfADictionary()
    {
        Random random = new(3);
        var counts = new TokenCounts();
        var expected = new Dictionary<int, int>();
        for (int i = 0; i < 50_000; i++)
        {
            int id = random.Next(random.Next(1, 200_000));
            bool generated = random.Next(2) == 0;
            expected[id] = expected.GetValueOrDefault(id) + (generated ? 1 : 0);
            if (generated)
                counts.AddGenerated(id);
            else
                counts.AddPrompt(id);
        }

        await Assert.That(counts.Count).IsEqualTo(expected.Count);
        int[] ids = counts.Ids.ToArray();
        int[] found = counts.Generated.ToArray();
        await Assert.That(ids.Index().All(entry => found[entry.Index] == expected[entry.Item])).IsTrue();
    }

    private static void Apply(SamplingRules rules, float[] row, int[] prompt, int[] generated)
    {
        var penalties = new Penalties(rules, prompt);
        foreach (int id in generated)
        {
            penalties.Add(id);
        }

        penalties.Apply(row, generated.Length);
    }
}
