using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>The k largest of a row, as sorting finds them.</summary>
public class SelectionTests
{
    private static readonly int[] s_counts = [1, 2, 3, 20, 40, 100, 1000, 1024];

    [Test]
    public async Task Selection_IsThatOfSorting()
    {
        foreach (int size in Rows.Sizes)
        {
            float[] some = Rows.Normal(size, 3);
            float[][] rows = [Rows.Normal(size, size), Rows.WithTies(size, size), [.. some.Order()], [.. some.OrderDescending()]];
            foreach (float[] row in rows)
            {
                int[] sorted = [.. Rows.Sorted(row).Where(i => !float.IsNegativeInfinity(row[i]))];
                foreach (int count in s_counts)
                {
                    var selection = new TopSelection(count);
                    selection.Read(row);
                    int[] expected = [.. sorted.Take(count).Order()];
                    bool same = selection.Ids.SequenceEqual(expected)
                        && selection.Values.SequenceEqual((ReadOnlySpan<float>)[.. expected.Select(i => row[i])]);
                    await Assert.That(same).IsTrue().Because($"size {size}, k {count}");
                }
            }
        }
    }

    [Test]
    public async Task Mask_KeepsWhatSortingKeeps()
    {
        foreach (int size in Rows.Sizes)
        {
            foreach (float[] row in new[] { Rows.Normal(size, size), Rows.WithTies(size, size) })
            {
                int[] sorted = Rows.Sorted(row);
                foreach (int count in new[] { 1, size / 3, size / 2, size - 1, size }.Where(static count => count > 0))
                {
                    var expected = new float[size];
                    Array.Fill(expected, float.NegativeInfinity);
                    foreach (int id in sorted.Take(count))
                    {
                        expected[id] = row[id];
                    }

                    float[] masked = [.. row];
                    TopMask.Apply(masked, count);
                    await Assert.That(masked.AsSpan().SequenceEqual(expected)).IsTrue().Because($"size {size}, k {count}");
                }
            }
        }
    }

    [Test]
    public async Task Threshold_HoldsForNumbersOfAllKinds()
    {
        float[] values =
        [
            float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 0f, -0f, 1, -1, 1e-38f, -1e-38f, float.NegativeInfinity, 2, 2, 2,
        ];
        float[] sorted = [.. values.OrderDescending()];
        for (int count = 1; count <= values.Length; count++)
        {
            float least = Threshold.Of(values, count, out int reaching);
            await Assert.That(reaching).IsEqualTo(values.Count(value => value >= least));
            await Assert.That(reaching == count || (reaching > count && least == sorted[count - 1])).IsTrue();
        }
    }
}
