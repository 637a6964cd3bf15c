using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Tests.Generation.Models;

/// <summary>Computes sequences as the engine does, in the simplest way: blocks one after the other, and the most likely token always.</summary>
internal sealed class GreedyLoop(IStepRunner runner)
{
    private readonly int _blockTokens = runner.Capacity.BlockTokens;
    private int _nextBlock;

    /// <summary>Tokens of a prompt in one step.</summary>
    public int Chunk { get; init; } = int.MaxValue;

    /// <summary>Starts a sequence.</summary>
    public LoopSequence Start(int slot, int[] prompt) => new(slot, prompt);

    /// <summary>Answers one prompt.</summary>
    public int[] Answer(int[] prompt, int tokens, int? end = null) => Answer([prompt], tokens, end)[0];

    /// <summary>Answers several prompts in common steps.</summary>
    public int[][] Answer(int[][] prompts, int tokens, int? end = null)
    {
        _nextBlock = 0;
        LoopSequence[] all = [.. prompts.Select((prompt, slot) => Start(slot, prompt))];
        while (true)
        {
            LoopSequence[] going = [.. all.Where(sequence => sequence.Generated < tokens && (end is null || sequence.Generated == 0 || sequence.Ids[^1] != end))];
            if (going.Length == 0)
            {
                break;
            }

            Step(going);
        }

        foreach (LoopSequence sequence in all)
        {
            runner.Forget(sequence.Slot);
        }

        return [.. all.Select(static sequence => sequence.Ids[sequence.Prompt..].ToArray())];
    }

    /// <summary>Computes the next tokens of sequences; those that have computed all get a new one.</summary>
    public void Step(params ReadOnlySpan<LoopSequence> sequences)
    {
        List<StepEntry> entries = [];
        foreach (LoopSequence sequence in sequences)
        {
            int end = Math.Min(sequence.Ids.Count, sequence.Done + Math.Min(Chunk, sequence.Ids.Count));
            entries.Add(Entry(sequence, end, end == sequence.Ids.Count ? end - 1 : end));
        }

        Outcome computed = runner.Run(entries.ToArray());
        if (!computed.IsOk)
        {
            throw new InvalidOperationException(computed.Text);
        }

        int row = 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            LoopSequence sequence = sequences[i];
            sequence.Done = entries[i].Ids.Length;
            sequence.Turn ^= 1;
            if (entries[i].SampledRows > 0)
            {
                sequence.LastRow = runner.Logits(row++).ToArray();
                sequence.Ids.Add(Array.IndexOf(sequence.LastRow, sequence.LastRow.Max()));
            }
        }
    }

    /// <summary>The entry for the next tokens of a sequence, with the blocks that they need.</summary>
    public StepEntry Entry(LoopSequence sequence, int end, int sampleFrom)
    {
        while (_blockTokens > 0 && sequence.Blocks.Count * _blockTokens < end)
        {
            sequence.Blocks.Add(_nextBlock++);
        }

        bool hasRows = runner.Capacity.StateRows > 0;
        int row = (2 * sequence.Slot) + sequence.Turn;
        return new StepEntry(
            sequence.Slot, sequence.Ids.ToArray().AsMemory(0, end), sequence.Done, sampleFrom, sequence.Blocks.ToArray(), hasRows ? row : -1, hasRows ? row ^ 1 : -1);
    }
}

/// <summary>A sequence of the loop.</summary>
internal sealed class LoopSequence(int slot, int[] prompt)
{
    public int Slot { get; } = slot;
    public int Prompt { get; } = prompt.Length;
    public List<int> Ids { get; } = [.. prompt];
    public List<int> Blocks { get; init; } = [];
    public int Done { get; set; }
    public int Turn { get; set; }
    public float[] LastRow { get; set; } = [];
    public int Generated => Ids.Count - Prompt;
}
