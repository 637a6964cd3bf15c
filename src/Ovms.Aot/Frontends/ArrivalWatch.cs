using System.IO.Pipelines;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// Ends the wait for a message whose caller takes too long, or that nobody needs any more, since the server stops. It begins when a
/// reader has to wait for the first time: messages that are there at once, most of them, cost nothing. A byte that comes costs a look at
/// the clock; only a timer that has run out asks whether one came meanwhile.
/// </summary>
internal sealed class ArrivalWatch : Recyclable, IDisposable
{
    // Keeps the timer from reaching the next message: it looks, and a watch ends, under it.
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

    /// <summary>Of no message yet: see <see cref="Begin"/>.</summary>
    /// <param name="home">Where it goes back to.</param>
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
    /// Whose pending read is cancelled when the wait is over; read by one reader, who disposes the watch before anybody else reads on.
    /// </param>
    /// <param name="hasBegun">Whether some of it is there.</param>
    /// <param name="stopping">The server needs no messages any more.</param>
    /// <param name="since">When the call's headers came, in milliseconds of the system's clock; null for just now.</param>
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

    /// <summary>Some bytes came.</summary>
    public void Came() => Volatile.Write(ref _lastByte, Environment.TickCount64 - _began);

    /// <summary>Why a read came back cancelled; Ok where this had nothing to do with it.</summary>
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

        // Waits for a stop that is being told.
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
            // The reader may have gone on within the timer's own call, which still holds the lock: no other message gets this one.
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

    // Until the message has to be given up as things stand, or would have to be if its first byte came right now.
    private void WaitFrom(long now)
    {
        long at = Math.Min(_times.GivenUpAt(LastByte), _times.GivenUpAt(now));
        if (at != long.MaxValue)
        {
            _timer.Change(Math.Max(at - now, 1), Timeout.Infinite);
        }
    }
}
