using System.Diagnostics;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>The infer requests of a servable without sequences. Owns the slots.</summary>
internal sealed class InferRequestPool : ISlotSource
{
    private readonly Lock _growing = new();
    private readonly List<InferSlot> _slots;
    private readonly WaitingLine<InferSlot> _line;

    /// <summary>Creates a pool that owns the slots.</summary>
    /// <param name="slots">At least one slot.</param>
    /// <param name="waitersLimit">Maximum number of waiting calls; at least 0.</param>
    public InferRequestPool(InferSlot[] slots, int waitersLimit)
    {
        _slots = [.. slots];
        _line = new WaitingLine<InferSlot>(slots, waitersLimit);
        foreach (InferSlot slot in slots)
        {
            slot.TakeBack = _line.Return;
        }
    }

    /// <summary>Makes one more slot, for <see cref="GrowAsync"/>; null if the number of slots is fixed.</summary>
    public Func<InferSlot>? MakeSlot { get; init; }

    /// <summary>Passed alone to make a slot of a dynamic model: see <see cref="InferSlot.Gate"/>.</summary>
    public ShapeGate? Gate { get; init; }

    /// <inheritdoc/>
    public int Size => _line.Size;

    /// <inheritdoc/>
    public int InUse => _line.InUse;

    /// <inheritdoc/>
    public int Waiting => _line.Waiting;

    /// <inheritdoc/>
    public int Abandoned => Count(static slot => slot.IsAbandoned);

    /// <inheritdoc/>
    public int CountLate(TimeSpan limit) => Count(slot => slot.IsLate(limit));

    /// <inheritdoc cref="ISlotSource.RentAsync(CancellationToken)"/>
    public ValueTask<Outcome<InferSlot>> RentAsync(CancellationToken cancellation) => _line.RentAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask<Outcome<InferSlot>> RentAsync(SequenceStep step, CancellationToken cancellation) => _line.RentAsync(cancellation);

    /// <inheritdoc cref="WaitingLine{T}.RentAsync(LineGuest, CancellationToken)"/>
    public ValueTask<Outcome<InferSlot>> RentAsync(LineGuest guest, CancellationToken cancellation) => _line.RentAsync(guest, cancellation);

    /// <inheritdoc cref="WaitingLine{T}.RentAgainAsync"/>
    public ValueTask<Outcome<InferSlot>> RentAgainAsync(CancellationToken cancellation) => _line.RentAgainAsync(cancellation);

    /// <inheritdoc cref="WaitingLine{T}.TakeGuests"/>
    public void TakeGuests(int size, int most, Func<int, int> round, List<WaitingLine<InferSlot>.Waiter> taken) =>
        _line.TakeGuests(size, most, round, taken);

    /// <summary>
    /// Adds slots while calls go on, up to a number. Stops earlier where OpenVINO can make no more. The caller keeps the pool alive, and
    /// there is one call at a time.
    /// </summary>
    public async Task GrowAsync(int size)
    {
        while (MakeSlot is not null && Size < size && await TryMakeAsync().ConfigureAwait(false) is { } slot)
        {
            lock (_growing)
            {
                _slots.Add(slot);
            }

            slot.TakeBack = _line.Return;
            _line.Add(slot);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Debug.Assert(InUse == 0, "The pool is freed only after every lease has ended.");
        foreach (InferSlot slot in _slots)
        {
            slot.Dispose();
        }
    }

    private int Count(Func<InferSlot, bool> which)
    {
        lock (_growing)
        {
            return _slots.Count(which);
        }
    }

    private async ValueTask<InferSlot?> TryMakeAsync()
    {
        if (Gate is { } gate)
        {
            await gate.EnterAsync(alone: true, CancellationToken.None).ConfigureAwait(false);
        }

        try
        {
            return MakeSlot!();
        }
        catch (OpenVinoException)
        {
            return null;
        }
        finally
        {
            Gate?.Leave();
        }
    }
}
