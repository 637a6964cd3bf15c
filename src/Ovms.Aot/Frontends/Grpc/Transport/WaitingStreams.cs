using System.IO.Pipelines;
using Ovms.Frontends.Connections;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// The calls without a byte of their message yet, longest waiting first. Over the limit the longest waiting one ends, not the newest:
/// normally a message follows its headers within milliseconds, in a flood it does not.
/// </summary>
internal sealed class WaitingStreams
{
    // The most pooled objects.
    private const int MostKept = 256;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);

    private readonly StreamLimits _limits;
    private readonly ArrivalTimes _times;
    private readonly Lock _lock = new();
    private readonly LinkedList<WaitingStream> _streams = new();
    private readonly Stack<WaitingStream> _kept = new();
    private readonly Timer _timer;
    private readonly CancellationToken _stopping;
    private bool _isTicking;
    private long _ended;

    /// <summary>Ends the waiting calls when the server drains, and again when it stops.</summary>
    public WaitingStreams(StreamLimits limits, ArrivalTimes times, CancellationToken draining, CancellationToken stopping)
    {
        _limits = limits;
        _times = times;
        _stopping = stopping;
        _timer = new Timer(static self => ((WaitingStreams)self!).EndLate(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        draining.UnsafeRegister(static self => ((WaitingStreams)self!).EndAll(), this);
        stopping.UnsafeRegister(static self => ((WaitingStreams)self!).EndAll(), this);
    }

    /// <summary>Waiting calls.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>Calls that were ended to keep the limit.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    /// <summary>Adds a call that begins to wait. <see cref="Remove"/> must follow.</summary>
    public WaitingStream Add(PipeReader body, OpenConnection? connection)
    {
        WaitingStream stream;
        OpenConnection? crowded = null;
        lock (_lock)
        {
            stream = (_kept.TryPop(out WaitingStream? kept) ? kept : new WaitingStream()).Of(body, connection);
            if (_limits.MostWaiting > 0 && _streams.Count >= _limits.MostWaiting)
            {
                WaitingStream longest = Take(_streams.First!.Value);
                longest.End(Outcome.Fail(
                    StatusCode.TooManyStreams,
                    "No byte of the message arrived, and as many calls wait for theirs as there may be: "
                    + $"{_limits.MostWaiting} (max_waiting_streams)"));
                crowded = longest.Connection;
                _ended++;
            }

            _streams.AddLast(stream.Node);
            if (_stopping.IsCancellationRequested)
            {
                Take(stream).End(Outcome.Fail(StatusCode.ServerShuttingDown));
            }
            else if (!_isTicking && _times.GivenUpAt(lastByte: null) != long.MaxValue)
            {
                _isTicking = true;
                _timer.Change(s_lookEvery, s_lookEvery);
            }
        }

        crowded?.SawIdleStream();
        return stream;
    }

    /// <summary>Removes a call; its stream must not be used afterwards.</summary>
    public void Remove(WaitingStream stream)
    {
        lock (_lock)
        {
            Take(stream);
            if (_kept.Count < MostKept)
            {
                _kept.Push(stream.Of(null, null));
            }
        }
    }

    private WaitingStream Take(WaitingStream stream)
    {
        if (stream.Node.List is not null)
        {
            _streams.Remove(stream.Node);
        }

        return stream;
    }

    private void EndLate()
    {
        long given = _times.GivenUpAt(lastByte: null);
        lock (_lock)
        {
            while (_streams.First is { } first && Environment.TickCount64 - first.Value.Since > given)
            {
                Take(first.Value).End(_times.Reason(lastByte: null));
            }

            if (_streams.Count == 0)
            {
                _isTicking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void EndAll()
    {
        lock (_lock)
        {
            while (_streams.First is { } first)
            {
                Take(first.Value).End(Outcome.Fail(StatusCode.ServerShuttingDown));
            }
        }
    }
}
