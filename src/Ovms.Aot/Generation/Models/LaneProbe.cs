using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Generation.Models;

/// <summary>
/// Computes a few tokens of two sequences, and compares what two forms of one model give. Forms that are the same model differ by rounding;
/// some models come out of the paged-attention pass as another one.
/// </summary>
internal static class LaneProbe
{
    /// <summary>Tokens of the first sequence: more than a block of any device but the largest.</summary>
    public const int First = 44;

    /// <summary>Tokens of the second one.</summary>
    public const int Second = 12;

    /// <summary>Tokens for which the cache must have blocks, whose size is the device's.</summary>
    public const int CacheTokens = 512;

    /// <summary>Tokens of each that come one by one at the end.</summary>
    private const int Single = 4;

    /// <summary>Rounding, in F32, over the standard deviation of a row. Seen: 3e-7 to 4e-6 where both are right, else 4e-2 and
    /// more.</summary>
    public const double Rounding = 2e-3;

    /// <summary>Where KV cache and arithmetic have less precision: seen up to 5e-2, and 0.35 for a model without its position
    /// bias.</summary>
    public const double Coarse = 0.25;

    // The tokens of the first sequence from here on may come from a state that was kept, which lies in a row after those of both sequences.
    private const int Kept = 32;
    private const int KeptRow = 4;

    /// <summary>Computes all in mixed steps over blocks and rows; where states can be kept, on from one inside a step.</summary>
    /// <returns>The logits of each token of both sequences, or the engine's error.</returns>
    public static Outcome<float[][]> InMixedSteps(IStepRunner runner)
    {
        int block = Math.Max(runner.Capacity.BlockTokens, 1);
        int chunk = block <= Kept ? Kept / block * block : Kept;
        return Compute(runner, [(chunk, 0), (First - Single, Second - Single)], runner.Capacity.StateRows > KeptRow + 4);
    }

    /// <summary>Computes each sequence alone, its prompt at once.</summary>
    /// <returns>As <see cref="InMixedSteps"/>.</returns>
    public static Outcome<float[][]> Plainly(IStepRunner runner) =>
        Compute(runner, [(First - Single, 0), (First - Single, Second - Single)]);

    /// <summary>Computes the first prompt in pieces that end nowhere in particular.</summary>
    /// <returns>As <see cref="InMixedSteps"/>.</returns>
    public static Outcome<float[][]> InPieces(IStepRunner runner) =>
        Compute(runner, [(17, 0), (28, 0), (First - Single, Second - Single)]);

    /// <summary>Computes the beginnings of both prompts, and then one token after the other.</summary>
    /// <returns>As <see cref="InMixedSteps"/>.</returns>
    public static Outcome<float[][]> InSingles(IStepRunner runner)
    {
        const int Begun = 9;
        int first = First - Single - Begun;
        int second = Second - Single;
        return Compute(
            runner,
            [(Begun, 1), .. Enumerable.Range(1, first).Select(i => (Begun + i, Math.Max(1, second - first + i)))]);
    }

    /// <summary>Computes a few tokens of a sequence.</summary>
    /// <returns>The logits of the last one.</returns>
    public static Outcome<float[][]> Shortly(IStepRunner runner)
    {
        int[] ids = Tokens(Second, 3, runner.Capacity.Vocabulary);
        StepEntry entry = Entry(runner.Capacity, 0, ids, 0, 0);
        Outcome computed = runner.Run([entry with { SampleFrom = entry.Ids.Length - 1 }]);
        if (!computed.IsOk)
            return computed;
        float[][] rows = [runner.Logits(0).ToArray()];
        runner.Forget(0);
        return rows;
    }

    /// <summary>Whether two results are the same up to rounding. Pure.</summary>
    /// <param name="expected">Rows of the one.</param>
    /// <param name="actual">Rows of the other.</param>
    /// <param name="tolerance">Root of the mean square of the difference over the standard deviation of the expected row.</param>
    public static bool AreSame(float[][] expected, float[][] actual, double tolerance)
    {
        // A single row may differ: where an expert or the like is chosen by a hair, rounding chooses.
        int[] off = [.. Enumerable.Range(0, expected.Length).Where(row => !(Difference(expected[row], actual[row]) <= tolerance))];
        int[][] groups =
        [
            [.. Enumerable.Range(0, First - Single)],
            [.. Enumerable.Range(Kept, First - Kept)],
            [.. Enumerable.Range(First, Second - Single)],
            [.. Enumerable.Range(First - Single, Single), .. Enumerable.Range(First + Second - Single, Single)],
        ];
        return groups.All(group => off.Intersect(group).Count() * 2 <= group.Length) && off.All(row => IsFinite(actual[row]));
    }

    /// <summary>Whether all numbers of all rows are finite.</summary>
    public static bool AreFinite(float[][] rows) => rows.All(IsFinite);

    private static bool IsFinite(float[] row) => Array.TrueForAll(row, float.IsFinite);

    private static double Difference(float[] expected, float[] actual)
    {
        double mean = expected.Average(static value => (double)value);
        double spread = 0;
        double error = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            spread += (expected[i] - mean) * (expected[i] - mean);
            error += ((double)expected[i] - actual[i]) * ((double)expected[i] - actual[i]);
        }

        return Math.Sqrt(error / Math.Max(spread, double.Epsilon));
    }

    // Ends: how far both sequences are after each step. Afterwards each step computes one token of both. A first step that keeps states
    // goes on to the second end, and what is after the first end is computed again from the state there.
    private static Outcome<float[][]> Compute(IStepRunner runner, (int First, int Second)[] ends, bool keepsStates = false)
    {
        int[][] ids = [Tokens(First, 1, runner.Capacity.Vocabulary), Tokens(Second, 2, runner.Capacity.Vocabulary)];
        float[][] rows = new float[First + Second][];
        int[] done = [0, 0];
        int step = 0;
        IEnumerable<(int, int)> singles = Enumerable.Range(1, Single).Select(static i => (First - Single + i, Second - Single + i));
        foreach ((int first, int second) in ends.Concat(singles))
        {
            List<StepEntry> entries = [];
            foreach ((int slot, int end) in new[] { (0, first), (1, second) })
            {
                if (end > done[slot])
                    entries.Add(Entry(runner.Capacity, slot, ids[slot].AsMemory(0, end), done[slot], step));
            }

            if (keepsStates && step == 0)
            {
                int every = first / 2;
                entries[0] = Entry(runner.Capacity, 0, ids[0].AsMemory(0, ends[1].First), 0, step) with
                {
                    KeptEvery = every,
                    KeptRows = Enumerable.Range(KeptRow, (ends[1].First - 1) / every).ToArray(),
                };
            }
            else if (keepsStates && step == 1)
            {
                entries[0] = entries[0] with { StateRow = KeptRow + 1 };
            }

            Outcome computed = runner.Run(entries.ToArray());
            if (!computed.IsOk)
                return computed;
            int row = 0;
            foreach (StepEntry entry in entries)
            {
                for (int token = entry.From; token < entry.Ids.Length; token++)
                    rows[(entry.Slot * First) + token] = runner.Logits(row++).ToArray();
                done[entry.Slot] = entry.Ids.Length;
            }

            if (keepsStates && step == 0)
                done[0] = first;
            step++;
        }

        runner.Forget(0);
        runner.Forget(1);
        return rows;
    }

    // Blocks of both sequences are mixed. A step that a sequence sits out would leave its state in the other row; no such step is made.
    private static StepEntry Entry(StepCapacity capacity, int slot, ReadOnlyMemory<int> ids, int from, int step)
    {
        int[] blocks = [];
        if (capacity.BlockTokens > 0)
        {
            int count = (ids.Length + capacity.BlockTokens - 1) / capacity.BlockTokens;
            blocks = [.. Enumerable.Range(0, count).Select(i => (i * 2) + slot)];
        }

        int read = (slot * 2) + (step % 2);
        return new StepEntry(slot, ids, from, from, blocks, capacity.StateRows > 0 ? read : -1, capacity.StateRows > 0 ? read ^ 1 : -1);
    }

    // Any tokens do; ids at the start of a vocabulary are often special ones.
    private static int[] Tokens(int count, int seed, int vocabulary)
    {
        int special = Math.Min(16, vocabulary - 1);
        return [.. Enumerable.Range(37 * seed, count).Select(i => (int)(i * 7919L % (vocabulary - special)) + special)];
    }
}
