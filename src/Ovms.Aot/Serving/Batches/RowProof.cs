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
internal sealed class RowProof(Signature signature, TrialRows rows)
{
    // Part of the largest value of a row. Kernels for other numbers of rows add in another order, on some processors in bfloat16.
    private const double Tolerance = 0.01;

    // Rows that happen to have the same results show nothing.
    private const int Attempts = 4;

    /// <summary>Tries it.</summary>
    /// <param name="slot">A slot that no call uses.</param>
    /// <returns>Why it is not shown; null if it is.</returns>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    public async Task<string?> FindDoubtAsync(InferSlot slot)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            byte[][] one = rows.Make(2 * attempt);
            byte[][] other = rows.Make((2 * attempt) + 1);
            double[][]? ofOne = await rows.ComputeAsync(slot, [one]).ConfigureAwait(false);
            double[][]? ofOther = await rows.ComputeAsync(slot, [other]).ConfigureAwait(false);

            // The other one twice: a model that returns rows in another order differs too.
            double[][]? ofAll = await rows.ComputeAsync(slot, [one, other, other]).ConfigureAwait(false);
            if (ofOne is null || ofOther is null || ofAll is null)
            {
                return "it does not compute the rows that it was tried with";
            }

            if (FindDifference([ofOne, ofOther, ofOther], ofAll) is { } output)
            {
                return $"its rows depend on each other: output {output} has other values if rows are computed together";
            }

            if (FindDifference([ofOther], ofOne) is not null)
            {
                return null;
            }
        }

        return "different inputs gave the same outputs, so that its rows could not be told apart";
    }

    /// <summary>Finds an output whose rows differ.</summary>
    /// <param name="alone">What each row should be, by output.</param>
    /// <param name="together">What they are together, by output.</param>
    internal string? FindDifference(double[][][] alone, double[][] together)
    {
        foreach (TensorInfo output in signature.Outputs)
        {
            double[] expected = [.. alone.SelectMany(row => row[output.Index])];
            double[] found = together[output.Index];
            double largest = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
            double allowed = RowValues.AreRounded(output.ElementType) ? largest * Tolerance : 0;
            bool isSame = expected.Length == found.Length;
            for (int i = 0; isSame && i < found.Length; i++)
            {
                isSame = expected[i].Equals(found[i]) || Math.Abs(expected[i] - found[i]) <= allowed;
            }

            if (!isSame)
            {
                return output.Name;
            }
        }

        return null;
    }
}
