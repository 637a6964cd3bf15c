using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Batches;

/// <summary>
/// Shows that a model computes each row by itself: different rows have the same results alone and together. A model that mixes rows, as by
/// a softmax over the batch, would answer one caller with what another sent.
/// </summary>
/// <param name="signature">The model's signature.</param>
/// <param name="rows">Computes rows.</param>
/// <param name="most">How many rows the model takes at most; at least 2.</param>
internal sealed class RowProof(Signature signature, TrialRows rows, int most)
{
    // Part of the largest value of the same kind. Kernels for other numbers of rows add in another order, on some processors in bfloat16.
    private const double Tolerance = 0.01;

    // Values with the same index of a dimension are of one kind, for example scores beside boxes in pixels. Of fewer values the largest
    // may happen to be small.
    private const int FewValues = 16;

    // Rows that happen to have the same results show nothing.
    private const int Attempts = 4;

    /// <summary>Tries it.</summary>
    /// <param name="slot">A slot that no call uses.</param>
    /// <returns>Why it is not shown; null if it is.</returns>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    public async Task<string?> FindDoubtAsync(InferSlot slot)
    {
        bool[] areToldApart = new bool[signature.Outputs.Length];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            byte[][] one = rows.Make(2 * attempt);
            byte[][] other = rows.Make((2 * attempt) + 1);
            double[][]? ofOne = await rows.ComputeAsync(slot, [one]).ConfigureAwait(false);
            double[][]? ofOther = await rows.ComputeAsync(slot, [other]).ConfigureAwait(false);

            // The other one twice: a model that returns rows in another order differs too.
            double[][]? ofAll = await rows.ComputeAsync(slot, most > 2 ? [one, other, other] : [one, other]).ConfigureAwait(false);
            if (ofOne is null || ofOther is null || ofAll is null)
            {
                return "it does not compute the rows that it was tried with";
            }

            if (FindDifference(most > 2 ? [ofOne, ofOther, ofOther] : [ofOne, ofOther], ofAll) is { } output)
            {
                return $"its rows depend on each other: output {output} has other values if rows are computed together";
            }

            foreach (TensorInfo each in signature.Outputs)
            {
                areToldApart[each.Index] |= Differs(each, [ofOther], ofOne);
            }

            if (Array.TrueForAll(areToldApart, static isToldApart => isToldApart))
            {
                return await FindSharedScaleAsync(slot).ConfigureAwait(false);
            }
        }

        string same = signature.Outputs.First(output => !areToldApart[output.Index]).Name;
        return $"different inputs gave the same values of output {same}, so that its rows could not be told apart";
    }

    // A model that quantizes all rows by the largest value among them is exact enough with rows alike, and loses a row of small values
    // beside one of large values.
    private async Task<string?> FindSharedScaleAsync(InferSlot slot)
    {
        byte[][] small = rows.MakeScaled(seed: 0, isLarge: false);
        double[][]? alone = await rows.ComputeAsync(slot, [small]).ConfigureAwait(false);
        double[][]? both = await rows.ComputeAsync(slot, [small, rows.MakeScaled(seed: 1, isLarge: true)]).ConfigureAwait(false);
        if (alone is null || both is null)
        {
            return "it does not compute the rows that it was tried with";
        }

        return FindDifference([alone], [.. both.Select(static values => values[..(values.Length / 2)])]) is { } output
            ? $"its rows depend on each other: output {output} of a row of small values has other values beside a row of large ones"
            : null;
    }

    /// <summary>Finds an output whose rows differ.</summary>
    /// <param name="alone">What each row should be, by output.</param>
    /// <param name="together">What they are together, by output.</param>
    internal string? FindDifference(double[][][] alone, double[][] together) =>
        signature.Outputs.FirstOrDefault(output => Differs(output, alone, together))?.Name;

    private static bool Differs(TensorInfo output, double[][][] alone, double[][] together)
    {
        double[] expected = [.. alone.SelectMany(row => row[output.Index])];
        double[] found = together[output.Index];
        if (expected.Length != found.Length)
        {
            return true;
        }

        double[]? allowed = RowValues.AreRounded(output.ElementType) ? AllowedFor(output, expected) : null;
        for (int i = 0; i < found.Length; i++)
        {
            if (!expected[i].Equals(found[i]) && !(Math.Abs(expected[i] - found[i]) <= (allowed?[i] ?? 0)))
            {
                return true;
            }
        }

        return false;
    }

    // For each value the tolerance of its kind: the smallest that a dimension gives, or that of the whole output.
    private static double[] AllowedFor(TensorInfo output, double[] values)
    {
        double[] allowed = new double[values.Length];
        Array.Fill(allowed, Largest(values) * Tolerance);
        int inner = 1;
        for (int axis = output.Shape.Rank - 1; axis > 0; axis--)
        {
            int size = (int)output.Shape[axis].Min;
            if (size > 1 && values.Length / size >= FewValues)
            {
                double[] largest = new double[size];
                for (int i = 0; i < values.Length; i++)
                {
                    int at = i / inner % size;
                    largest[at] = Math.Max(largest[at], Largest([values[i]]));
                }

                for (int i = 0; i < values.Length; i++)
                {
                    allowed[i] = Math.Min(allowed[i], largest[i / inner % size] * Tolerance);
                }
            }

            inner *= Math.Max(size, 1);
        }

        return allowed;
    }

    private static double Largest(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values)
        {
            largest = double.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        }

        return largest;
    }
}
