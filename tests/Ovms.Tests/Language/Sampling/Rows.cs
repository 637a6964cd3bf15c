namespace Ovms.Tests.Language.Sampling;

/// <summary>Rows of logits for tests, the same in every run.</summary>
internal static class Rows
{
    /// <summary>Sizes around the widths of vectors, strides and blocks, up to a large vocabulary.</summary>
    public static readonly int[] Sizes =
    [
        1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 127, 129, 255, 257, 1000, 1023, 1025, 4097, 16383, 16385, 32768, 49152,
        128256, 151937, 199999, 200000,
    ];

    /// <summary>Normally distributed logits, as those of a model are, roughly.</summary>
    public static float[] Normal(int size, int seed, double deviation = 2.5)
    {
        Random random = new(seed);
        var row = new float[size];
        for (int i = 0; i < size; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            row[i] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return row;
    }

    /// <summary>Logits of few different values, some of them -infinity: many are equal.</summary>
    public static float[] WithTies(int size, int seed)
    {
        Random random = new(seed);
        var row = new float[size];
        for (int i = 0; i < size; i++)
        {
            int value = random.Next(-4, 4);
            row[i] = value == -4 ? float.NegativeInfinity : value / 2f;
        }

        return row;
    }

    /// <summary>The indices of a row, largest logit first, of equal ones the lower index first.</summary>
    public static int[] Sorted(float[] row) => [.. Enumerable.Range(0, row.Length).OrderByDescending(i => row[i]).ThenBy(static i => i)];
}
