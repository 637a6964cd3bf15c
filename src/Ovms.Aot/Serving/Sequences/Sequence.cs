using Ovms.Serving.Requests;

namespace Ovms.Serving.Sequences;

/// <summary>
/// One sequence of a stateful model: the infer request that holds its state, and the queue of its calls. <see cref="SequenceTable"/>
/// guards the access to it.
/// </summary>
internal sealed class Sequence
{
    /// <summary>Creates a sequence without an infer request. Its first call creates that on its turn.</summary>
    public Sequence(SequenceId id)
    {
        Id = id;
        Line = new WaitingLine<Sequence>([this], int.MaxValue);
    }

    /// <summary>The callers' id of the sequence.</summary>
    public SequenceId Id { get; }

    /// <summary>Admits one call at a time, in order of arrival. The table bounds how many wait over all sequences.</summary>
    public WaitingLine<Sequence> Line { get; }

    // Guarded by the table's lock.

    /// <summary>Number of calls on it, including waiting ones.</summary>
    public int Calls { get; set; }

    /// <summary>Whether its last call has been admitted.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Whether no call came since the last sweep.</summary>
    public bool IsIdle { get; set; }

    /// <summary>Whether it was removed from the table. Calls that still wait then fail.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether it was removed because its first call ended before it computed.</summary>
    public bool NeverBegan { get; set; }

    // Owned by the call that the queue has admitted.

    /// <summary>The step of that call.</summary>
    public SequenceStep Step { get; set; }

    /// <summary>That call's turn among the computing calls.</summary>
    public int Turn { get; set; }

    /// <summary>The infer request with the state; null before the first call's turn.</summary>
    public InferSlot? Slot { get; set; }
}
