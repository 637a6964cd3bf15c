using System.Diagnostics;
using Ovms.Bench.Measuring;
using Ovms.Generation.Steps;
using Ovms.Language.Sampling;
using Ovms.Status;

namespace Ovms.Bench.Language;

/// <summary>
/// The model's steps in a bare loop: the prompts of all callers, then one token of each after the other, always the most probable one.
/// No text, no scheduling, no HTTP.
/// </summary>
/// <param name="runner">The model.</param>
/// <param name="prompts">The prompts.</param>
/// <param name="tokens">Tokens to generate for each; at least 1.</param>
internal sealed class RawText(IStepRunner runner, TextPrompts prompts, int tokens)
{
    // A step of many prompts needs much memory, and gains nothing.
    private const int MostPromptTokens = 1024;

    /// <summary>Computes one answer for each caller.</summary>
    /// <param name="callers">Number of sequences; at most those of the model.</param>
    /// <param name="row">Receives the times and the number of tokens.</param>
    /// <exception cref="IOException">The model cannot compute.</exception>
    public void Run(int callers, TextRow row)
    {
        long started = Stopwatch.GetTimestamp();
        Line[] lines = [.. Enumerable.Range(0, callers).Select(NewLine)];
        StepEntry[] entries = new StepEntry[callers];
        int atOnce = Math.Max(1, MostPromptTokens / prompts.Length);
        for (int from = 0; from < callers; from += atOnce)
        {
            Step(lines.AsSpan(from, Math.Min(atOnce, callers - from)), entries);
        }

        long last = Stopwatch.GetTimestamp();
        Add(row.First, TimeSpan.FromTicks((long)((last - started) * (TimeSpan.TicksPerSecond / (double)Stopwatch.Frequency))), callers);
        for (int i = 1; i < tokens; i++)
        {
            Step(lines, entries);
            long now = Stopwatch.GetTimestamp();
            Add(row.Between, Stopwatch.GetElapsedTime(last, now), callers);
            last = now;
        }

        row.Tokens += (long)callers * tokens;
        for (int i = 0; i < callers; i++)
        {
            runner.Forget(i);
        }
    }

    private static void Add(LatencyHistogram times, TimeSpan time, int count)
    {
        for (int i = 0; i < count; i++)
        {
            times.Add(time);
        }
    }

    private Line NewLine(int slot)
    {
        StepCapacity capacity = runner.Capacity;
        int[] ids = new int[prompts.Length + tokens];
        prompts.Next().CopyTo(ids, 0);
        int blocks = capacity.BlockTokens == 0 ? 0 : ((ids.Length - 1) / capacity.BlockTokens) + 1;
        return new Line(slot, ids, [.. Enumerable.Range(slot * blocks, blocks)], prompts.Length, capacity.StateRows > 0);
    }

    private void Step(Span<Line> lines, StepEntry[] entries)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            entries[i] = lines[i].Entry;
        }

        Outcome outcome = runner.Run(entries.AsSpan(0, lines.Length));
        if (!outcome.IsOk)
        {
            throw new IOException($"The model cannot compute alone: {outcome.Text}");
        }

        for (int i = 0; i < lines.Length; i++)
        {
            lines[i].Add(RowPeak.Of(runner.Logits(i)).Index);
        }
    }

    private sealed class Line(int slot, int[] ids, int[] blocks, int length, bool hasRows)
    {
        private int _length = length;
        private int _computed;
        private int _steps;

        public StepEntry Entry => new(
            slot, ids.AsMemory(0, _length), _computed, _length - 1, blocks, Row(_steps), Row(_steps + 1));

        public void Add(int id)
        {
            _computed = _length;
            ids[_length++] = id;
            _steps++;
        }

        // Two rows: one is read and the other written, in turns.
        private int Row(int step) => hasRows ? (2 * slot) + (step % 2) : -1;
    }
}
