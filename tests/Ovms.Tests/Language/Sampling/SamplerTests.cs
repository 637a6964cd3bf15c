using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>What a sampler chooses where it is certain, at the ends of the rules' ranges, and again.</summary>
public class SamplerTests
{
    [Test]
    public async Task Greedy_TakesTheFirstMaximum()
    {
        SamplingRules[] greedy = [new() { Temperature = 0 }, new() { TopK = 1 }, new() { Temperature = 0, TopP = 0.1f, TopK = 5 }];
        foreach (SamplingRules rules in greedy)
        {
            await Assert.That(new Sampler(rules, 0, []).Next([1, 3, 3, 2]).Id).IsEqualTo(1);
            await Assert.That(new Sampler(rules, 0, []).Next([float.NegativeInfinity, -5, -5]).Id).IsEqualTo(1);
        }
    }

    [Test]
    [Arguments(1e-45f)]
    [Arguments(1e-38f)]
    [Arguments(1e-6f)]
    public async Task TinyTemperature_IsGreedy(float temperature)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            float[] row = Rows.Normal(1001, seed);
            int best = Rows.Sorted(row)[0];
            SamplingRules rules = new() { Temperature = temperature, Seed = (ulong)seed };
            await Assert.That(new Sampler(rules, 0, []).Next(row).Id).IsEqualTo(best);
        }
    }

    [Test]
    public async Task HugeTemperature_DrawsAllEvenlyButNoForbiddenOne()
    {
        var counts = new int[4];
        var sampler = new Sampler(new SamplingRules { Temperature = 1e38f }, 0, []);
        for (int i = 0; i < 10_000; i++)
        {
            counts[sampler.Next([-80, float.NegativeInfinity, 0, 80]).Id]++;
        }

        await Assert.That(counts[1]).IsEqualTo(0);
        await Assert.That(ExactSampling.Deviation(counts, [1 / 3.0, 0, 1 / 3.0, 1 / 3.0])).IsLessThan(4);
    }

    [Test]
    public async Task TinyTopP_TakesTheBest()
    {
        var sampler = new Sampler(new SamplingRules { TopP = 1e-6f, Temperature = 2 }, 0, []);
        for (int seed = 0; seed < 200; seed++)
        {
            float[] row = Rows.Normal(5001, seed, deviation: 0.1);
            int best = Rows.Sorted(row)[0];
            await Assert.That(sampler.Next(row).Id).IsEqualTo(best);
        }
    }

    [Test]
    public async Task SmallTopPOverEqualTokens_KeepsTheFirstOfThem()
    {
        // 1 of 10,000 equal tokens has the probability 0.0001: those before which at most 0.01 lies are the first 101.
        var sampler = new Sampler(new SamplingRules { TopP = 0.01f }, 0, []);
        var drawn = new HashSet<int>();
        for (int i = 0; i < 3000; i++)
        {
            drawn.Add(sampler.Next(new float[10_000]).Id);
        }

        await Assert.That(drawn.Max()).IsLessThanOrEqualTo(100);
        await Assert.That(drawn.Count).IsGreaterThanOrEqualTo(100);
    }

    [Test]
    [Arguments(0f, 0)]
    [Arguments(1f, 0)]
    [Arguments(1f, 3)]
    public async Task BrokenRows_AreReportedAndNotCounted(float temperature, int topK)
    {
        SamplingRules rules = new() { Temperature = temperature, TopK = topK, LogProbs = 2, FrequencyPenalty = 1 };
        var sampler = new Sampler(rules, 0, []);
        TokenChoice broken = sampler.Next([1, 2, float.NaN, 4, 5]);
        await Assert.That(broken.Fault).IsEqualTo(RowFault.NotANumber);
        await Assert.That(broken.Id).IsEqualTo(-1);
        await Assert.That(sampler.Next([1, float.PositiveInfinity, 0, 4, 5]).Fault).IsEqualTo(RowFault.NotANumber);
        await Assert.That(sampler.Next([float.NegativeInfinity, float.NegativeInfinity]).Fault).IsEqualTo(RowFault.NothingAllowed);

        // The same as a sampler that never saw them.
        float[] row = Rows.Normal(100, 3);
        await Assert.That(sampler.Next([.. row]).Id).IsEqualTo(new Sampler(rules, 0, []).Next([.. row]).Id);
    }

    [Test]
    public async Task SameSeed_GivesTheSameAnswer_OthersOtherOnes()
    {
        int[] first = Answer(seed: 7, answer: 0);
        await Assert.That(Answer(seed: 7, answer: 0)).IsEquivalentTo(first, TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await Assert.That(Answer(seed: 8, answer: 0).SequenceEqual(first)).IsFalse();
        await Assert.That(Answer(seed: 7, answer: 1).SequenceEqual(first)).IsFalse();
        await Assert.That(Answer(seed: 1, answer: 0).SequenceEqual(Answer(seed: 0, answer: 1))).IsFalse();
    }

    [Test]
    public async Task ReplayedTokens_LeadToTheSameAnswer()
    {
        int[] whole = Answer(seed: 7, answer: 2);
        SamplingRules rules = Rules(7);
        var sampler = new Sampler(rules, 2, [1, 2, 3]);
        foreach (int id in whole[..20])
        {
            sampler.Replay(id);
        }

        for (int i = 20; i < whole.Length; i++)
        {
            await Assert.That(sampler.Next(Rows.Normal(3001, i)).Id).IsEqualTo(whole[i]);
        }
    }

    [Test]
    [Arguments(0f, 1f, 0)]
    [Arguments(0.8f, 0.95f, 0)]
    [Arguments(0.8f, 0.95f, 40)]
    [Arguments(0.8f, 0.95f, 5000)]
    public async Task Token_AllocatesNothing(float temperature, float topP, int topK)
    {
        SamplingRules rules = new()
        {
            Temperature = temperature,
            TopP = topP,
            TopK = topK,
            MinP = 0.001f,
            RepetitionPenalty = 1.1f,
            LogitBias = [new TokenBias(5, 1)],
            EndIds = [2],
            MinTokens = 1000,
            LogProbs = 0,
        };
        float[] row = Rows.Normal(20_011, 5);
        float[] scratch = new float[row.Length];
        var sampler = new Sampler(rules, 0, [.. Enumerable.Range(0, 1000)]);
        await Assert.That(Allocation.Of(() =>
        {
            row.CopyTo(scratch.AsSpan());
            sampler.Next(scratch);
        })).IsEqualTo(0);
    }

    private static int[] Answer(ulong seed, int answer)
    {
        var sampler = new Sampler(Rules(seed), answer, [1, 2, 3]);
        return [.. Enumerable.Range(0, 40).Select(i => sampler.Next(Rows.Normal(3001, i)).Id)];
    }

    private static SamplingRules Rules(ulong seed) =>
        new() { Seed = seed, TopP = 0.7f, Temperature = 1.5f, RepetitionPenalty = 1.2f, FrequencyPenalty = 0.5f };
}
