using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>The largest logit: the first of equal ones, and no row that is broken.</summary>
public class RowPeakTests
{
    [Test]
    public async Task Peak_IsThatOfALoop()
    {
        foreach (int size in Rows.Sizes)
        {
            float[] below = [.. Rows.Normal(size, size).Select(static value => value - 100)];
            foreach (float[] row in new[] { Rows.Normal(size, size), Rows.WithTies(size, size), below })
            {
                int best = 0;
                for (int i = 1; i < size; i++)
                {
                    best = row[i] > row[best] ? i : best;
                }

                RowPeak peak = RowPeak.Of(row);
                bool nothing = float.IsNegativeInfinity(row[best]);
                RowFault fault = nothing ? RowFault.NothingAllowed : RowFault.None;
                await Assert.That(peak).IsEqualTo(new RowPeak(row[best], nothing ? -1 : best, fault));
            }
        }
    }

    [Test]
    public async Task Peak_IsFoundAtEveryPlace()
    {
        float[] row = new float[300];
        for (int i = 0; i < row.Length; i++)
        {
            Array.Fill(row, -1f);
            row[i] = -0.5f;
            row.AsSpan(i + 1).Fill(-0.5f);
            await Assert.That(RowPeak.Of(row).Index).IsEqualTo(i);
        }
    }

    [Test]
    [Arguments(float.NaN)]
    [Arguments(float.PositiveInfinity)]
    public async Task OneBrokenValue_IsReportedWhereverItIs(float broken)
    {
        foreach (int size in new[] { 1, 7, 33, 64, 150, 1025 })
        {
            for (int i = 0; i < size; i++)
            {
                float[] row = Rows.Normal(size, 1);
                row[i] = broken;
                await Assert.That(RowPeak.Of(row).Fault).IsEqualTo(RowFault.NotANumber);
            }
        }
    }

    [Test]
    public async Task MinusAndPlusZero_AreEqual()
    {
        await Assert.That(RowPeak.Of([-1, -0f, 0f, -0f]).Index).IsEqualTo(1);
        await Assert.That(RowPeak.Of([-1, 0f, -0f]).Index).IsEqualTo(1);
    }
}
