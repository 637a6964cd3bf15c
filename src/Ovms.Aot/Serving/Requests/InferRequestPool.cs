using System.Diagnostics;
using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>The infer requests of a servable without sequences. Owns the slots.</summary>
internal sealed class InferRequestPool : ISlotSource
{
    private readonly InferSlot[] _slots;
    private readonly WaitingLine<InferSlot> _line;

    /// <summary>Creates a pool that owns the slots.</summary>
    /// <param name="slots">At least one slot.</param>
    /// <param name="waitersLimit">Maximum number of waiting calls; at least 0.</param>
    public InferRequestPool(InferSlot[] slots, int waitersLimit)
    {
        _slots = slots;
        _line = new WaitingLine<InferSlot>(slots, waitersLimit);
        foreach (InferSlot slot in slots)
        {
            slot.TakeBack = _line.Return;
        }
    }

    /// <inheritdoc/>
    public int Size => _line.Size;

    /// <inheritdoc/>
    public int InUse => _line.InUse;

    /// <inheritdoc/>
    public int Waiting => _line.Waiting;

    /// <inheritdoc/>
    public int CountLate(TimeSpan limit) => _slots.Count(slot => slot.IsLate(limit));

    /// <inheritdoc cref="ISlotSource.RentAsync(CancellationToken)"/>
    public ValueTask<Outcome<InferSlot>> RentAsync(CancellationToken cancellation) => _line.RentAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask<Outcome<InferSlot>> RentAsync(SequenceStep step, CancellationToken cancellation) => _line.RentAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Debug.Assert(InUse == 0, "The pool is freed only after every lease has ended.");
        foreach (InferSlot slot in _slots)
        {
            slot.Dispose();
        }
    }
}
