using System.IO.Pipelines;
using Microsoft.Extensions.ObjectPool;
using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>
/// Ends the wait for a message whose caller takes too long, or that nobody needs any more, since the server stops. It begins when a
/// reader has to wait for the first time: messages that are there at once, most of them, cost nothing. A byte that comes costs a look at
/// the clock; only a timer that has run out asks whether one came meanwhile.
/// </summary>
internal sealed class ArrivalWatch : IDisposable
{
    private static readonly ObjectPool<ArrivalWatch> s_kept =
        new DefaultObjectPool<ArrivalWatch>(new DefaultPooledObjectPolicy<ArrivalWatch>(), Environment.ProcessorCount * 32);

    // Keeps the timer from reaching the next message: it looks, and a watch ends, under it.
    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private ArrivalTimes _times = ArrivalTimes.Unlimited;
    private CancellationToken _stopping;
    private CancellationTokenRegistration _stop;
    private PipeReader? _body;
    private long _began;
    private long _lastByte;
    private bool _isGivenUp;

    /// <summary>Of no message yet: see <see cref="Begin"/>.</summary>
    public ArrivalWatch() => _timer = new Timer(static self => ((ArrivalWatch)self!).Look(), this, Timeout.Infinite, Timeout.Infinite);

    private long? LastByte => Volatile.Read(ref _lastByte) is >= 0 and var last ? last : null;

    /// <summary>Watches a message from now on.</summary>
    /// <param name="body">
    /// Whose pending read is cancelled when the wait is over; read by one reader, who disposes the watch before anybody else reads on.
    /// </param>
    /// <param name="times">How long it may take.</param>
    /// <param name="hasBegun">Whether some of it is there.</param>
    /// <param name="stopping">The server needs no messages any more.</param>
    /// <param name="since">When the call's headers came, in milliseconds of the system's clock; null for just now.</param>
    public static ArrivalWatch Begin(PipeReader body, ArrivalTimes times, bool hasBegun, CancellationToken stopping, long? since = null)
    {
        long now = Environment.TickCount64;
        ArrivalWatch watch = s_kept.Get();
        watch._body = body;
        watch._times = times;
        watch._began = since ?? now;
        watch._lastByte = hasBegun ? now - watch._began : -1;
        watch._stopping = stopping;
        watch._stop = stopping.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), body);
        if (times.AreLimited)
        {
            watch.WaitFrom(now - watch._began);
        }

        return watch;
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

        s_kept.Return(this);
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
