using System.Threading.Tasks.Sources;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// A wait that is used again and again without an allocation; one waiter at a time. <see cref="Arm"/> and <see cref="TryDisarm"/> are
/// guarded by the instance's lock.
/// </summary>
/// <param name="resumeElsewhere">Whether the waiter goes on on a thread of the pool, so that it can be woken under the lock.</param>
internal sealed class ReusedWait(bool resumeElsewhere) : IValueTaskSource<Outcome>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<Outcome> _core = new() { RunContinuationsAsynchronously = resumeElsewhere };

    /// <summary>Whether somebody waits.</summary>
    public bool IsArmed { get; private set; }

    /// <summary>Begins a wait.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    public short Arm()
    {
        if (IsArmed)
        {
            throw new InvalidOperationException("One caller at a time may wait here.");
        }

        _core.Reset();
        IsArmed = true;
        return _core.Version;
    }

    /// <summary>Ends the wait, so that <see cref="Fire"/> may be called once; false if nobody waits.</summary>
    public bool TryDisarm()
    {
        bool was = IsArmed;
        IsArmed = false;
        return was;
    }

    /// <summary>Wakes the waiter.</summary>
    public void Fire(Outcome outcome) => _core.SetResult(outcome);

    /// <inheritdoc/>
    Outcome IValueTaskSource<Outcome>.GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
