using System.Diagnostics;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Serving.Sequences;

/// <summary>The sequences of one stateful servable. Calls of a sequence compute one after the other, in order of arrival.</summary>
/// <remarks>
/// OpenVINO's C API cannot restore a state, so each sequence has its own infer request, created with its first call and freed with its
/// last. At most as many calls compute at a time as a pool would have infer requests, and the number of waiting calls is bounded.
/// </remarks>
/// <param name="settings">The settings of the sequences.</param>
/// <param name="makeSlot">Creates a sequence's infer request.</param>
/// <param name="turns">Number of calls that may compute at the same time.</param>
/// <param name="waitersLimit">Maximum number of calls that wait beside those.</param>
/// <param name="gate">Passed alone to create an infer request of a dynamic model; null for other models. See
/// <see cref="InferSlot.Gate"/>.</param>
internal sealed class SequenceTable(
    SequenceSettings settings, Func<SequenceId, InferSlot> makeSlot, int turns, int waitersLimit, ShapeGate? gate = null) : ISlotSource
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SequenceId, Sequence> _sequences = [];
    private readonly WaitingLine<int> _turns = new([.. Enumerable.Range(0, turns)], int.MaxValue);
    private int _calls;

    /// <inheritdoc/>
    public int Size => _turns.Size;

    /// <inheritdoc/>
    public int InUse => _turns.InUse;

    /// <inheritdoc/>
    public int Waiting => Locked(static table => Math.Max(0, table._calls - table._turns.InUse));

    /// <summary>Sequences that have started and not ended.</summary>
    public int Count => Locked(static table => table._sequences.Count);

    /// <inheritdoc/>
    public int Abandoned => Locked(static table => table._sequences.Values.Count(static sequence => sequence.Slot?.IsAbandoned == true));

    /// <inheritdoc/>
    public async ValueTask<Outcome<InferSlot>> RentAsync(SequenceStep step, CancellationToken cancellation)
    {
        Outcome<Sequence> admitted = Admit(step);
        if (!admitted.IsOk)
        {
            return admitted.WithoutValue;
        }

        Sequence sequence = admitted.Value;
        bool isLetIn = false;
        int? turn = null;
        bool isRented = false;
        try
        {
            await sequence.Line.RentAsync(cancellation).ConfigureAwait(false);
            isLetIn = true;
            if (sequence.IsGone)
            {
                return Outcome.Fail(
                    StatusCode.SequenceTerminated,
                    sequence.NeverBegan
                        ? $"Sequence: {sequence.Id}; its first call failed or was cancelled before it was computed, "
                            + "so that the sequence did not begin; start it again."
                        : $"Sequence: {sequence.Id}; a call before this one failed or was cancelled while it was computed, "
                            + "and the state is lost; start a new sequence.");
            }

            turn = (await _turns.RentAsync(cancellation).ConfigureAwait(false)).Value;
            sequence.Slot ??= gate is null
                ? MakeSlot(sequence)
                : await MakeSlotAloneAsync(gate, sequence, cancellation).ConfigureAwait(false);
            sequence.Step = step;
            sequence.Turn = turn.Value;
            isRented = true;
            return sequence.Slot;
        }
        finally
        {
            if (!isRented)
            {
                Leave(sequence, step, InferProgress.None, turn, isLetIn);
            }
        }
    }

    /// <inheritdoc/>
    public int CountLate(TimeSpan limit)
    {
        lock (_gate)
        {
            return _sequences.Values.Count(sequence => sequence.Slot?.IsLate(limit) == true);
        }
    }

    /// <summary>Removes the sequences that no call came for since the last sweep.</summary>
    /// <returns>How many were removed.</returns>
    public int Sweep()
    {
        if (!settings.CleansIdle)
        {
            return 0;
        }

        List<Sequence> removed = [];
        lock (_gate)
        {
            foreach (Sequence sequence in _sequences.Values)
            {
                if (sequence.Calls > 0)
                {
                    continue;
                }

                if (sequence.IsIdle)
                {
                    removed.Add(sequence);
                }

                sequence.IsIdle = true;
            }

            removed.ForEach(Remove);
        }

        removed.ForEach(static sequence => sequence.Slot?.Dispose());
        return removed.Count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Debug.Assert(_calls == 0, "The sequences are freed only after every lease has ended.");
        foreach (Sequence sequence in _sequences.Values)
        {
            sequence.Slot?.Dispose();
        }
    }

    private async ValueTask<InferSlot> MakeSlotAloneAsync(ShapeGate gate, Sequence sequence, CancellationToken cancellation)
    {
        await gate.EnterAsync(alone: true, cancellation).ConfigureAwait(false);
        try
        {
            return MakeSlot(sequence);
        }
        finally
        {
            gate.Leave();
        }
    }

    // Counts the call until Leave, so that the sweep does not remove its sequence.
    private Outcome<Sequence> Admit(SequenceStep step)
    {
        lock (_gate)
        {
            if (_calls - _turns.Size >= waitersLimit)
            {
                return Outcome.Fail(
                    StatusCode.QueueFull,
                    $"{_calls} calls of the model's sequences compute or wait already; try again later.");
            }

            Outcome<Sequence> found = step.IsStart ? Start(step.Id) : Find(step.Id);
            if (found.IsOk)
            {
                _calls++;
                found.Value.Calls++;
                found.Value.IsIdle = false;
                found.Value.IsEnding = step.IsEnd;
            }

            return found;
        }
    }

    private Outcome<Sequence> Find(SequenceId id)
    {
        if (id.IsNone)
        {
            return Outcome.Fail(StatusCode.SequenceIdNotProvided);
        }

        return !_sequences.TryGetValue(id, out Sequence? sequence) ? Outcome.Fail(StatusCode.SequenceMissing, $"Sequence: {id}")
            : sequence.IsEnding ? Outcome.Fail(StatusCode.SequenceTerminated, $"Sequence: {id}")
            : sequence;
    }

    private Outcome<Sequence> Start(SequenceId id)
    {
        if (_sequences.TryGetValue(id, out Sequence? there))
        {
            return Outcome.Fail(there.IsEnding ? StatusCode.SequenceTerminated : StatusCode.SequenceAlreadyExists, $"Sequence: {id}");
        }

        if (settings.Max > 0 && _sequences.Count >= settings.Max)
        {
            return Outcome.Fail(
                StatusCode.MaxSequenceNumberReached,
                $"There are {_sequences.Count}, as many as max_sequence_number allows; end one, or try again later.");
        }

        while (id.IsNone || _sequences.ContainsKey(id))
        {
            id = SequenceId.Random();
        }

        Sequence sequence = new(id);
        _sequences.Add(id, sequence);
        return sequence;
    }

    // Order: the sequence's new state is set before its next call is admitted.
    private void Leave(Sequence sequence, SequenceStep step, InferProgress progress, int? turn, bool isLetIn)
    {
        bool isRemoved = Settle(sequence, step, progress);
        if (isRemoved)
        {
            sequence.Slot?.Dispose();
        }

        if (turn is { } taken)
        {
            _turns.Return(taken);
        }

        if (isLetIn)
        {
            sequence.Line.Return(sequence);
        }
    }

    // A sequence is removed after the inference of its last call, and after its first call if that computed nothing. It is also removed
    // after an interrupted inference, because the state is then unknown. Any other call that computed nothing changes nothing.
    private bool Settle(Sequence sequence, SequenceStep step, InferProgress progress)
    {
        lock (_gate)
        {
            _calls--;
            sequence.Calls--;
            if (sequence.IsGone)
            {
                return false;
            }

            bool isOver = progress switch
            {
                InferProgress.Begun => true,
                InferProgress.Done => step.IsEnd,
                _ => step.IsStart,
            };
            if (isOver)
            {
                sequence.NeverBegan = progress == InferProgress.None;
                Remove(sequence);
            }
            else if (step.IsEnd)
            {
                sequence.IsEnding = false;
            }

            return isOver;
        }
    }

    private int Locked(Func<SequenceTable, int> read)
    {
        lock (_gate)
        {
            return read(this);
        }
    }

    private void Remove(Sequence sequence)
    {
        _sequences.Remove(sequence.Id);
        sequence.IsGone = true;
    }

    private InferSlot MakeSlot(Sequence sequence)
    {
        InferSlot slot = makeSlot(sequence.Id);
        slot.TakeBack = returned => Leave(sequence, sequence.Step, returned.TakeProgress(), sequence.Turn, isLetIn: true);
        return slot;
    }
}
