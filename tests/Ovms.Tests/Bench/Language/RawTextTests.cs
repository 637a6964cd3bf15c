using Ovms.Bench.Language;
using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Tests.Bench.Language;

public sealed class RawTextTests
{
    [Test]
    public async Task Loop_ComputesPromptsThenOneTokenOfEach_InBlocksAndRowsOfTheirOwn()
    {
        using Runner runner = new(new StepCapacity(BlockTokens: 4, Blocks: 9, StateRows: 6, Sequences: 3, Vocabulary: 8));
        TextRow row = new("raw", 3);
        new RawText(runner, new TextPrompts([1, 2, 3], 6), 4).Run(3, row);
        await Assert.That(row.Tokens).IsEqualTo(12);
        await Assert.That(row.First.Count).IsEqualTo(3);
        await Assert.That(row.Between.Count).IsEqualTo(9);
        await Assert.That(runner.Steps).IsEquivalentTo(["0-6 0-6 0-6", "6-7 6-7 6-7", "7-8 7-8 7-8", "8-9 8-9 8-9"]);
        await Assert.That(runner.Blocks.Count).IsEqualTo(9);
        await Assert.That(runner.Forgotten).IsEquivalentTo([0, 1, 2]);
    }

    [Test]
    public async Task Failure_IsTold()
    {
        using Runner runner = new(new StepCapacity(0, 0, 0, 1, 8)) { Outcome = Outcome.Fail(StatusCode.InternalInferenceError, "broken") };
        RawText raw = new(runner, new TextPrompts([1], 2), 2);
        IOException failure = await Assert.That(() => raw.Run(1, new TextRow("raw", 1))).Throws<IOException>()
            ?? throw new InvalidOperationException();
        await Assert.That(failure.Message).Contains("broken");
    }

    private sealed class Runner(StepCapacity capacity) : IStepRunner
    {
        private readonly Dictionary<int, int> _rows = [];

        public StepCapacity Capacity => capacity;

        public Outcome Outcome { get; init; } = Outcome.Ok;

        public List<string> Steps { get; } = [];

        public HashSet<int> Blocks { get; } = [];

        public List<int> Forgotten { get; } = [];

        public Outcome Run(ReadOnlySpan<StepEntry> entries)
        {
            List<string> parts = [];
            foreach (StepEntry entry in entries)
            {
                parts.Add($"{entry.From}-{entry.Ids.Length}");
                Blocks.UnionWith(entry.Blocks.ToArray());

                // The state that the last step wrote is the one that this step reads.
                if (capacity.StateRows > 0 && entry.From > 0 && _rows[entry.Slot] != entry.StateRow)
                {
                    return Outcome.Fail(StatusCode.InternalInferenceError, $"sequence {entry.Slot} reads row {entry.StateRow}");
                }

                _rows[entry.Slot] = entry.NextStateRow;
            }

            Steps.Add(string.Join(' ', parts));
            return Outcome;
        }

        public Span<float> Logits(int row) => new float[capacity.Vocabulary];

        public void Forget(int slot) => Forgotten.Add(slot);

        public Outcome Restart() => Outcome.Ok;

        public void Dispose()
        {
        }
    }
}
