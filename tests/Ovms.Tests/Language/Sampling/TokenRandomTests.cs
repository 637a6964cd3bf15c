using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>The numbers are uniform along each of the things that a state is derived from, and within a state.</summary>
public class TokenRandomTests
{
    private const int Cells = 100;

    [Test]
    public async Task Numbers_AreUniform()
    {
        await AssertUniform(static i => new TokenRandom(1, 0, i).NextUnit());
        await AssertUniform(static i => new TokenRandom(1, i, 0).NextUnit());
        await AssertUniform(static i => new TokenRandom((ulong)i, 0, 0).NextUnit());
        await AssertUniform(static i =>
        {
            var random = new TokenRandom((ulong)(i / 4), 1, 2);
            for (int skipped = 0; skipped < i % 4; skipped++)
            {
                random.NextUnit();
            }

            return random.NextUnit();
        });
    }

    [Test]
    public async Task Neighbours_AreIndependent()
    {
        // Pairs of numbers of tokens that follow each other, in a square of 10 by 10.
        await AssertUniform(static i => Pair(new TokenRandom(5, 0, i), new TokenRandom(5, 0, i + 1)));
        await AssertUniform(static i => Pair(new TokenRandom(5, 0, i), new TokenRandom(5, 1, i)));

        static double Pair(TokenRandom first, TokenRandom second) =>
            (((int)(10 * first.NextUnit()) * 10) + (int)(10 * second.NextUnit()) + 0.5) / Cells;
    }

    [Test]
    public async Task Tokens_DoNotShareNumbers()
    {
        var seen = new HashSet<double>();
        for (int i = 0; i < 100; i++)
        {
            for (int answer = 0; answer < 20; answer++)
            {
                seen.Add(new TokenRandom(0, answer, i).NextUnit());
            }
        }

        await Assert.That(seen.Count).IsEqualTo(2000);
    }

    private static async Task AssertUniform(Func<int, double> draw)
    {
        var counts = new int[Cells];
        for (int i = 0; i < 100_000; i++)
        {
            counts[(int)(draw(i) * Cells)]++;
        }

        double[] even = [.. Enumerable.Repeat(1.0 / Cells, Cells)];
        await Assert.That(Math.Abs(ExactSampling.Deviation(counts, even))).IsLessThan(4.75);
    }
}
