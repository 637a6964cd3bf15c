using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Requests;

namespace Ovms.Serving.Batches;

/// <summary>
/// Measures whether a row takes less time together with others, before callers depend on it. That also prepares the engine for the
/// numbers of rows that calls will have together.
/// </summary>
/// <remarks>The form has to be faster than the others in the end. But one that gains nothing here cannot be, and is not tried on callers.
/// </remarks>
/// <param name="rows">Computes rows.</param>
/// <param name="mostRows">The most rows that are computed at once.</param>
internal sealed class BatchPace(TrialRows rows, int mostRows)
{
    // Part of the time of a row alone.
    private const double Gain = 0.75;

    // Calls of others take time from single inferences; the shortest of some is the model's own. Quick ones are repeated more often.
    private const int Fewest = 4;
    private const int Most = 200;

    // Enough to see the gain.
    private const int Compared = 8;

    private static readonly TimeSpan s_measured = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Computes all numbers of rows, as far as they fit into some seconds, in all slots.</summary>
    /// <param name="slots">All slots of the form; no call uses them.</param>
    /// <returns>Why calls should not be computed together; null if it may be worth it.</returns>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    public async Task<string?> FindSlownessAsync(InferSlot[] slots)
    {
        byte[][] row = rows.Make(seed: 0);
        int many = BatchSizes.Floor(Math.Min(mostRows, Compared));
        TimeSpan alone = TimeSpan.MaxValue;
        TimeSpan together = TimeSpan.MaxValue;

        // The first ones prepare the engine.
        long began = Stopwatch.GetTimestamp();
        bool isWorth = false;
        for (int i = 0; i <= Fewest || (!isWorth && i < Most && Stopwatch.GetElapsedTime(began) < s_measured); i++)
        {
            TimeSpan? one = await rows.TimeAsync(slots[0], row, 1).ConfigureAwait(false);
            TimeSpan? all = await rows.TimeAsync(slots[0], row, many).ConfigureAwait(false);
            if (one is null || all is null)
            {
                return "it does not compute the rows that it was tried with";
            }

            alone = i == 0 || one > alone ? alone : one.Value;
            together = i == 0 || all > together ? together : all.Value;
            isWorth = i > 0 && IsWorth(alone, together, many);
        }

        if (!isWorth)
        {
            return $"a row alone takes {alone.TotalMilliseconds:F2} ms, and {together.TotalMilliseconds / many:F2} ms among {many}";
        }

        began = Stopwatch.GetTimestamp();
        for (int size = mostRows; size > 1 && Stopwatch.GetElapsedTime(began) < s_patience; size--)
        {
            if (BatchSizes.Floor(size) == size)
            {
                int next = size;
                await Task.WhenAll(slots.Select(slot => rows.TimeAsync(slot, row, next))).ConfigureAwait(false);
            }
        }

        return null;
    }

    /// <summary>Whether it may be worth it.</summary>
    internal static bool IsWorth(TimeSpan alone, TimeSpan together, int rows) => together / rows < alone * Gain;
}
