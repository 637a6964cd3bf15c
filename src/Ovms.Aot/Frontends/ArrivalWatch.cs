using System.IO.Pipelines;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// Ends the wait for a message when its caller is too slow or the server stops. A reader starts it at its first wait, so most messages,
/// which are there at once, cost nothing. An arriving byte only stores the time; the timer checks for new bytes when it fires.
/// </summary>
internal sealed class ArrivalWatch : Recyclable, IDisposable
{
    // Keeps the timer from cancelling a read of the next message: its callback and Dispose both take this lock.
    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private readonly Recycled<ArrivalWatch> _home;
    private readonly ArrivalTimes _times;
    private CancellationToken _stopping;
    private CancellationTokenRegistration _stop;
    private PipeReader? _body;
    private long _began;
    private long _lastByte;
    private bool _isGivenUp;

    /// <summary>Created without a message: see <see cref="Begin"/>.</summary>
    /// <param name="home">The pool that it returns to.</param>
    /// <param name="times">How long a message may take.</param>
    internal ArrivalWatch(Recycled<ArrivalWatch> home, ArrivalTimes times)
    {
        _home = home;
        _times = times;
        _timer = new Timer(static self => ((ArrivalWatch)self!).Look(), this, Timeout.Infinite, Timeout.Infinite);
    }

    private long? LastByte => Volatile.Read(ref _lastByte) is >= 0 and var last ? last : null;

    /// <summary>Watches a message from now on.</summary>
    /// <param name="body">
    /// The body whose pending read is cancelled on timeout or stop. It has one reader, which disposes the watch before another one reads
    /// on.
    /// </param>
    /// <param name="hasBegun">Whether part of the message has arrived.</param>
    /// <param name="stopping">Cancelled when the server needs no more messages.</param>
    /// <param name="since">When the call's headers arrived, in milliseconds of Environment.TickCount64; null for now.</param>
    internal void Begin(PipeReader body, bool hasBegun, CancellationToken stopping, long? since)
    {
        long now = Environment.TickCount64;
        _stopping = stopping;
        _stop = stopping.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), body);

        // The timer of the message before may fire late: it must not see this body with the times of that one.
        lock (_lock)
        {
            _began = since ?? now;
            _lastByte = hasBegun ? now - _began : -1;
            _body = body;
            if (_times.AreLimited)
            {
                WaitFrom(now - _began);
            }
        }
    }

    /// <summary>Records that bytes arrived.</summary>
    public void Came() => Volatile.Write(ref _lastByte, Environment.TickCount64 - _began);

    /// <summary>Why a read was cancelled; Ok when this watch did not cancel it.</summary>
    public Outcome Reason =>
        Volatile.Read(ref _isGivenUp) ? _times.Reason(LastByte)
        : _stopping.IsCancellationRequested ? Outcome.Fail(StatusCode.ServerShuttingDown)
        : Outcome.Ok;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!TryEndUse(Stamp))
        {
            return;
        }

        // Waits for a cancellation callback that is running, so that it cannot cancel the next message's read.
        _stop.Dispose();
        bool isGivenUp;
        lock (_lock)
        {
            _body = null;
            isGivenUp = _isGivenUp;
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
        }

        if (isGivenUp)
        {
            // The reader may have continued inside the timer's callback, which still holds the lock: do not reuse this watch.
            _timer.Dispose();
            return;
        }

        _home.Return(this);
    }

    private void Look()
    {
        lock (_lock)
        {
            if (_body is null || _isGivenUp)
            {
                return;
            }

            long now = Environment.TickCount64 - _began;
            if (now < _times.GivenUpAt(LastByte))
            {
                WaitFrom(now);
                return;
            }

            Volatile.Write(ref _isGivenUp, true);
            _body.CancelPendingRead();
        }
    }

    // Waits for the earlier of two times: the timeout as things stand, and the timeout if the next byte arrived right now.
    private void WaitFrom(long now)
    {
        long at = Math.Min(_times.GivenUpAt(LastByte), _times.GivenUpAt(now));
        if (at != long.MaxValue)
        {
            _timer.Change(Math.Max(at - now, 1), Timeout.Infinite);
        }
    }
}
