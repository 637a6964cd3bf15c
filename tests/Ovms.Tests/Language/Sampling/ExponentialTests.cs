using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>The exponential function of a row against that of the runtime.</summary>
public class ExponentialTests
{
    [Test]
    public async Task Error_IsAsDocumented()
    {
        float[] logits = new float[400_001];
        for (int i = 0; i < logits.Length; i++)
        {
            logits[i] = -85f * i / (logits.Length - 1);
        }

        float[] results = [.. logits];
        Exponential.Replace(results, 0, 1);
        double worst = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double exact = Math.Exp(logits[i]);
            worst = Math.Max(worst, Math.Abs(results[i] - exact) / exact / (3e-7 - (8e-8 * logits[i])));
        }

        await Assert.That(worst).IsLessThan(1);
        await Assert.That(results[0]).IsEqualTo(1f);
    }

    [Test]
    public async Task FarBelowThePeak_IsNothing()
    {
        float[] row = [0, -88, -1000, -1e10f, float.MinValue, float.NegativeInfinity, -90, -88, -88, -88, -88];
        float sum = Exponential.Replace(row, 0, 1);
        await Assert.That(row.Skip(1).All(static value => value == Exponential.Nothing)).IsTrue();
        await Assert.That(sum).IsEqualTo(1f);
    }

    [Test]
    public async Task Sums_AreThoseOfALoop()
    {
        foreach (int size in Rows.Sizes.Where(static size => size <= 1025))
        {
            float[] row = Rows.Normal(size, size);
            float peak = row.Max();
            double exact = row.Sum(value => Math.Exp((double)value - peak));
            double scaled = row.Sum(value => Math.Exp(((double)value - peak) * 1.25));
            await Assert.That(Math.Abs(Exponential.Sum(row, peak) - exact) / exact).IsLessThan(1e-5);
            await Assert.That(Math.Abs(Exponential.Replace(row, peak, 1.25f) - scaled) / scaled).IsLessThan(1e-5);
        }
    }
}
