using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>Log-probabilities against a plain log-softmax in double precision.</summary>
public class LogProbabilitiesTests
{
    [Test]
    public async Task Values_AreThoseOfTheRawRow()
    {
        foreach (int size in Rows.Sizes)
        {
            float[] row = Rows.Normal(size, size);
            int[] sorted = Rows.Sorted(row);
            double logSum = row[sorted[0]] + Math.Log(row.Sum(value => Math.Exp((double)value - row[sorted[0]])));
            TokenChoice choice = new LogProbabilities(20).Of(row, size / 2);
            await Assert.That(choice.LogProbability).IsEqualTo((float)(row[size / 2] - logSum)).Within(2e-5f);
            TopLogProbs.Entry[] entries = choice.TopLogProbs.Entries.ToArray();
            await Assert.That(entries.Select(static entry => entry.Id).SequenceEqual(sorted.Take(20))).IsTrue();
            await Assert.That(entries.All(entry => Math.Abs(entry.LogProbability - (row[entry.Id] - logSum)) < 2e-5)).IsTrue();
        }
    }

    [Test]
    public async Task BiasPenaltiesAndTemperature_DoNotChangeThem()
    {
        SamplingRules rules = new()
        {
            Temperature = 0.3f,
            TopK = 2,
            RepetitionPenalty = 3,
            LogitBias = [new TokenBias(3, 100)],
            LogProbs = 2,
        };
        TokenChoice choice = new Sampler(rules, 0, [0, 1, 2]).Next([2, 1, 0, -1]);
        double sum = Math.Exp(2) + Math.Exp(1) + 1 + Math.Exp(-1);
        await Assert.That(choice.Id).IsEqualTo(3);
        await Assert.That(choice.LogProbability).IsEqualTo((float)(-1 - Math.Log(sum))).Within(1e-6f);
        await Assert.That(choice.TopLogProbs.Entries.ToArray().Select(static entry => entry.Id).SequenceEqual([0, 1])).IsTrue();
    }

    [Test]
    [Arguments(-1)]
    [Arguments(0)]
    [Arguments(5)]
    public async Task Alternatives_AreAsManyAsWanted(int wanted)
    {
        TokenChoice choice = new Sampler(new SamplingRules { LogProbs = wanted }, 0, []).Next(Rows.Normal(100, 1));
        await Assert.That(choice.TopLogProbs.Count).IsEqualTo(Math.Max(wanted, 0));
        await Assert.That(float.IsNaN(choice.LogProbability)).IsEqualTo(wanted < 0);
    }

    [Test]
    public async Task Alternatives_AreFewerThanWantedInASmallRow()
    {
        TopLogProbs top = new LogProbabilities(20).Of([1, float.NegativeInfinity, 1, 2], 1).TopLogProbs;
        await Assert.That(top.Entries.ToArray().Select(static entry => entry.Id).SequenceEqual([3, 0, 2])).IsTrue();
    }

    [Test]
    public async Task WantingThem_DoesNotChangeTheChoice()
    {
        for (int i = 0; i < 50; i++)
        {
            SamplingRules rules = new() { Seed = (ulong)i, TopP = 0.9f, RepetitionPenalty = 1.3f };
            int id = new Sampler(rules, 0, [1, 2, 3]).Next(Rows.Normal(1001, i)).Id;
            await Assert.That(new Sampler(rules with { LogProbs = 20 }, 0, [1, 2, 3]).Next(Rows.Normal(1001, i)).Id).IsEqualTo(id);
        }
    }

    [Test]
    public async Task BrokenRow_IsReported() =>
        await Assert.That(new LogProbabilities(2).Of([1, float.NaN], 0).Fault).IsEqualTo(RowFault.NotANumber);
}
