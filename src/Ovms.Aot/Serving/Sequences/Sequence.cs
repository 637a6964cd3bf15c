using Ovms.Serving.Requests;

namespace Ovms.Serving.Sequences;

/// <summary>
/// One sequence of a stateful model: an infer request, which holds the state, and the line of the calls that step it one after the
/// other. What of it may be touched when is <see cref="SequenceTable"/>'s to know.
/// </summary>
internal sealed class Sequence
{
    /// <summary>Starts without an infer request: the first call makes it when its turn has come.</summary>
    public Sequence(SequenceId id)
    {
        Id = id;
        Line = new WaitingLine<Sequence>([this], int.MaxValue);
    }

    /// <summary>What callers name it by.</summary>
    public SequenceId Id { get; }

    /// <summary>Lets one call in at a time, in the order they came. The table bounds how many wait, over all sequences.</summary>
    public WaitingLine<Sequence> Line { get; }

    // Under the table's gate.

    /// <summary>Calls in it, waiting ones among them.</summary>
    public int Calls { get; set; }

    /// <summary>Its last call is on its way.</summary>
    public bool IsEnding { get; set; }

    /// <summary>No call came since the cleaner last looked.</summary>
    public bool IsIdle { get; set; }

    /// <summary>It is out of the table: calls that still wait in line find nothing.</summary>
    public bool IsGone { get; set; }

    // The property of the call that the line let in.

    /// <summary>Which step that call is.</summary>
    public SequenceStep Step { get; set; }

    /// <summary>That call's turn among those that compute.</summary>
    public int Turn { get; set; }

    /// <summary>The infer request with the state; null before the first call's turn.</summary>
    public InferSlot? Slot { get; set; }
}
