using System.Diagnostics;
using Ovms.Generation.Cache;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// The rows of one sequence in the state tables. It owns two: a step reads one and writes the other, so that a failed step can run again.
/// <para>States at borders of blocks are kept for later prompts, and for the sequence itself should it lose its rows. Those at every
/// interval and at the last border of the prompt stay; of the others only the latest, which a longer conversation goes on from.</para>
/// </summary>
/// <param name="rows">All rows.</param>
/// <param name="blocks">The sequence's blocks, under whose keys states are kept.</param>
/// <param name="blockTokens">Tokens a block holds.</param>
/// <param name="interval">Blocks between two states that stay.</param>
internal sealed class SequenceStates(StateRows rows, BlockTable blocks, int blockTokens, int interval)
{
    private const int None = -1;

    private readonly int _apart = interval * blockTokens;
    private int[] _inside = [];
    private int _count;

    // The state at the last border of the prompt, from which copies of the sequence go on.
    private int _forks = None;

    // The key of a state that is kept until there is a later one; 0 if there is none.
    private long _passing;

    /// <summary>The row that a step reads; -1 if it has none.</summary>
    public int Read { get; private set; } = None;

    /// <summary>The row that it writes.</summary>
    public int Write { get; private set; } = None;

    /// <summary>Tokens between two states that are written inside the step; 0 for none.</summary>
    public int Every { get; private set; }

    /// <summary>The rows of these states.</summary>
    public ReadOnlyMemory<int> Inside => _inside.AsMemory(0, _count);

    /// <summary>Takes the rows that it needs.</summary>
    public void Begin()
    {
        Read = Read == None ? rows.Take() : Read;
        Write = rows.Take();
    }

    /// <summary>Goes on from a kept state.</summary>
    /// <param name="key">The key of the block before it.</param>
    public void Adopt(long key)
    {
        int row = rows.Share(key);
        Free(Read);
        Read = row;
    }

    /// <summary>
    /// Where a piece of a prompt must end at the latest, so that the state there can be kept: a step keeps states at equal distances only.
    /// </summary>
    /// <param name="sequence">The sequence.</param>
    public int CutOf(Sequence sequence)
    {
        int last = LastBorder(sequence.Length);
        return blocks.IsShared && last % _apart != 0 && last / _apart * _apart > sequence.Computed ? last : int.MaxValue;
    }

    /// <summary>Takes rows for the states inside a step that are kept.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="to">Where the step ends.</param>
    /// <param name="spare">How many rows may be taken, besides the one that copies of the sequence need.</param>
    public void Plan(Sequence sequence, int to, int spare)
    {
        Debug.Assert(_count == 0, "Each step that was planned has run.");
        int from = sequence.Computed;
        spare = blocks.IsShared ? spare : 0;

        // The last border before the end of the prompt, or of a piece that ends inside a block, comes before all others.
        int last = to % blockTokens != 0 || to == sequence.PromptLength ? LastBorder(to) : 0;
        bool isNeeded = last > from && NeedsForks(sequence, to);
        if (last > from && (isNeeded || spare > 0) && (last % _apart != 0 || Inner(_apart) > spare))
        {
            Take(last, 1);
            return;
        }

        int every = _apart;
        while (Inner(every) > spare && every < to)
        {
            every *= 2;
        }

        Take(every, Math.Min(spare, Inner(every)));

        int Inner(int every) => ((to - 1) / every) - (from / every);
    }

    /// <summary>A step ran: what it wrote is read next.</summary>
    /// <param name="sequence">The sequence, which holds the tokens of the step.</param>
    /// <param name="from">Where the step began.</param>
    public void Advance(Sequence sequence, int from)
    {
        int to = sequence.Computed;
        int border = to / blockTokens * blockTokens;
        bool needsForks = NeedsForks(sequence, to);
        for (int i = 0; i < _count; i++)
        {
            int tokens = ((from / Every) + 1 + i) * Every;
            Keep(sequence, _inside[i], tokens);
            if (needsForks && tokens == border)
            {
                _forks = _inside[i];
            }
            else
            {
                rows.Release(_inside[i]);
            }
        }

        (Every, _count) = (0, 0);
        int before = Read;
        Read = Write;
        if (to == border)
        {
            Keep(sequence, Read, to);
        }

        if (needsForks && from == border)
        {
            _forks = before;
            Write = rows.Take();
        }
        else if (rows.MayWrite(before))
        {
            Write = before;
        }
        else
        {
            rows.Release(before);
            Write = rows.Take();
        }
    }

    /// <summary>Lets a copy of the sequence go on from the last border of the prompt.</summary>
    /// <param name="copy">The states of the copy, which has no rows.</param>
    /// <param name="sequence">This sequence, which has computed its prompt.</param>
    public void ShareWith(SequenceStates copy, Sequence sequence)
    {
        Debug.Assert(copy.Read == None, "A new sequence has no rows.");
        int row = sequence.Computed % blockTokens == 0 ? Read : _forks;
        if (sequence.Computed >= blockTokens)
        {
            rows.Share(row);
            copy.Read = row;
        }

        copy.Begin();
    }

    /// <summary>No further copy is made.</summary>
    public void EndForks()
    {
        Free(_forks);
        _forks = None;
    }

    /// <summary>Makes the row that is read one that may be cleared: nobody else reads it, now or later.</summary>
    public void Separate()
    {
        if (!rows.MayWrite(Read))
        {
            rows.Release(Read);
            Read = rows.Take();
        }
    }

    /// <summary>Makes nobody else use states of the sequence any more, because they are wrong.</summary>
    /// <param name="computed">The number of its tokens that are computed.</param>
    public void Withdraw(int computed)
    {
        for (int border = blockTokens; border <= computed; border += blockTokens)
        {
            rows.Forget(blocks.KeyAt(border));
        }
    }

    /// <summary>Releases all rows.</summary>
    public void Release()
    {
        foreach (int row in Inside.Span)
        {
            rows.Release(row);
        }

        Free(Read);
        Free(Write);
        EndForks();
        (Read, Write, Every, _count, _passing) = (None, None, 0, 0, 0);
    }

    // Copies begin at the last border, and the prompt does not end there.
    private bool NeedsForks(Sequence sequence, int to) =>
        sequence.WillFork && to == sequence.PromptLength && to > blockTokens && to % blockTokens != 0;

    private void Keep(Sequence sequence, int row, int tokens)
    {
        long key = blocks.KeyAt(tokens);
        bool isNew = rows.Keep(row, key);
        if (key != PrefixTable.Root)
        {
            rows.Forget(_passing);
            bool stays = tokens % _apart == 0 || tokens == LastBorder(sequence.PromptLength);
            _passing = isNew && !stays ? key : 0;
        }
    }

    private void Take(int every, int count)
    {
        if (_inside.Length < count)
        {
            _inside = new int[count];
        }

        for (int i = 0; i < count; i++)
        {
            _inside[i] = rows.Take();
        }

        (Every, _count) = (count == 0 ? 0 : every, count);
    }

    // The last border after which a token follows.
    private int LastBorder(int tokens) => (tokens - 1) / blockTokens * blockTokens;

    private void Free(int row)
    {
        if (row != None)
        {
            rows.Release(row);
        }
    }
}
