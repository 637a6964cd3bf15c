using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>A hundred thousand draws against the exact probabilities of the rules.</summary>
public class SamplerDistributionTests
{
    private const int Draws = 100_000;

    // A right sampler passes it once in a million; the seeds are fixed, so that the test never fails by chance.
    private const double MostDeviation = 4.75;

    private static readonly Dictionary<string, SamplingRules> s_rules = new()
    {
        ["plain"] = new(),
        ["temperature 0.8, top_p 0.95"] = new() { Temperature = 0.8f, TopP = 0.95f },
        ["temperature 1.7"] = new() { Temperature = 1.7f },
        ["top_p 0.5"] = new() { TopP = 0.5f },
        ["top_p 0.05"] = new() { Temperature = 3, TopP = 0.05f },
        ["top_k 40"] = new() { TopK = 40 },
        ["top_k 5, hot"] = new() { TopK = 5, Temperature = 4 },
        ["top_k 40, top_p 0.9, temperature 0.7"] = new() { TopK = 40, TopP = 0.9f, Temperature = 0.7f },
        ["top_k larger than a selection"] = new() { TopK = 1500, Temperature = 1.5f },
        ["min_p 0.1"] = new() { MinP = 0.1f },
        ["min_p 0.02, top_p 0.9"] = new() { MinP = 0.02f, TopP = 0.9f, Temperature = 1.2f },
        ["all at once"] = new() { TopK = 30, TopP = 0.8f, MinP = 0.05f, Temperature = 1.3f },
    };

    public static IEnumerable<string> Names => s_rules.Keys;

    [Test]
    [MethodDataSource(nameof(Names))]
    public async Task Draws_FollowTheExactProbabilities(string name)
    {
        SamplingRules rules = s_rules[name] with { Seed = 4711 };
        foreach (float[] row in new[] { Rows.Normal(37, 1), Rows.Normal(2003, 2), Rows.WithTies(101, 3) })
        {
            double[] exact = ExactSampling.Probabilities(row, rules);
            int[] counts = Count(row, new Sampler(rules, 0, []));
            await Assert.That(Enumerable.Range(0, row.Length).Where(i => exact[i] == 0).Sum(i => counts[i])).IsEqualTo(0);
            await Assert.That(ExactSampling.Deviation(counts, exact)).IsLessThan(MostDeviation);
        }
    }

    [Test]
    public async Task FirstTokensOfManyAnswers_FollowTheExactProbabilities()
    {
        float[] row = Rows.Normal(50, 9);
        SamplingRules rules = new() { TopP = 0.9f, Seed = 1 };
        var counts = new int[row.Length];
        float[] scratch = new float[row.Length];
        for (int answer = 0; answer < Draws; answer++)
        {
            row.CopyTo(scratch.AsSpan());
            counts[new Sampler(rules, answer, []).Next(scratch).Id]++;
        }

        await Assert.That(ExactSampling.Deviation(counts, ExactSampling.Probabilities(row, rules))).IsLessThan(MostDeviation);
    }

    [Test]
    [Arguments(1f)]
    [Arguments(0.8f)]
    public async Task LargeRow_IsDrawnFromInAllItsParts(float topP)
    {
        // Few tokens that are possible, far apart: blocks are longer than one unit here, and most of them hold nothing.
        int[] possible = [0, 63, 700, 16_384, 16_385, 40_000, 99_999, 128_255];
        SamplingRules rules = new() { TopP = topP };
        float[] few = [0, 0.5f, -0.5f, 1, 0.3f, -1, 0.7f, 0.2f];
        var counts = new int[possible.Length];
        float[] row = new float[128_256];
        var sampler = new Sampler(rules, 0, []);
        for (int i = 0; i < 3000; i++)
        {
            row.AsSpan().Fill(float.NegativeInfinity);
            foreach ((int index, int id) in possible.Index())
            {
                row[id] = few[index];
            }

            counts[Array.IndexOf(possible, sampler.Next(row).Id)]++;
        }

        await Assert.That(ExactSampling.Deviation(counts, ExactSampling.Probabilities(few, rules))).IsLessThan(MostDeviation);
    }

    [Test]
    public async Task TheMeasure_NoticesASmallError()
    {
        // The tests above must not pass with a slightly different top_p or temperature.
        float[] row = Rows.Normal(37, 1);
        int[] counts = Count(row, new Sampler(new SamplingRules { TopP = 0.95f }, 0, []));
        foreach (SamplingRules other in new SamplingRules[] { new() { TopP = 0.93f }, new() { TopP = 0.95f, Temperature = 1.03f } })
        {
            await Assert.That(ExactSampling.Deviation(counts, ExactSampling.Probabilities(row, other))).IsGreaterThan(MostDeviation);
        }
    }

    private static int[] Count(float[] row, Sampler sampler)
    {
        var counts = new int[row.Length];
        float[] scratch = new float[row.Length];
        for (int i = 0; i < Draws; i++)
        {
            row.CopyTo(scratch.AsSpan());
            counts[sampler.Next(scratch).Id]++;
        }

        return counts;
    }
}
