using System.Globalization;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>Cancels a call at its deadline (grpc-timeout) or when its caller disconnects. Serves one call after another.</summary>
internal sealed class CallEnd
{
    private const string TimeoutHeader = "grpc-timeout";

    // The protocol's limit on the digits of a timeout.
    private const int MostDigits = 8;

    // The longest that a timer can wait; a longer deadline is ignored.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(49);

    private readonly WaitingCalls _waiting;
    private readonly LinkedListNode<CallEnd> _node;
    private CancellationTokenSource _stop = new();
    private CancellationTokenRegistration _gone;

    // The list that the call was put into when it began to wait; the timer may have removed it since.
    private WaitingCalls.Lines? _lines;
    private HttpContext? _call;

    /// <summary>Created without a call: see <see cref="Begin"/>.</summary>
    /// <param name="waiting">The calls that wait.</param>
    public CallEnd(WaitingCalls waiting)
    {
        _waiting = waiting;
        _node = new LinkedListNode<CallEnd>(this);
    }

    /// <summary>Cancelled when the call must end.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Starts the call's deadline.</summary>
    public void Begin(HttpContext call)
    {
        _call = call;
        if (TryReadTimeout(call.Request.Headers[TimeoutHeader].ToString(), out TimeSpan timeout))
        {
            _stop.CancelAfter(timeout);
        }
    }

    /// <summary>
    /// Marks the call as waiting, so that a disconnect cancels it too, unless it ends soon. Reads of the body need no mark: they fail on a
    /// disconnect.
    /// </summary>
    public void Waits() => _lines ??= _waiting.Add(_node);

    /// <summary>From now on the caller's disconnect, even a past one, cancels the call.</summary>
    internal void WatchCaller() => _gone = _call!.RequestAborted.UnsafeRegister(static self => ((CallEnd)self!)._stop.Cancel(), this);

    /// <summary>The error of a call that was cancelled.</summary>
    public Outcome Reason =>
        Outcome.Fail(
            _stop.IsCancellationRequested && !_call!.RequestAborted.IsCancellationRequested
                ? StatusCode.DeadlineExceeded
                : StatusCode.Cancelled);

    /// <summary>The call has ended. The token must not be used any more, and <see cref="Begin"/> may start another call.</summary>
    public void Stop()
    {
        _lines?.Remove(_node);
        _lines = null;

        // Waits for a cancellation that is running, so that it cannot reach the next call.
        _gone.Dispose();
        _gone = default;
        _call = null;
        if (!_stop.TryReset())
        {
            _stop.Dispose();
            _stop = new CancellationTokenSource();
        }
    }

    /// <summary>Reads up to eight digits and a unit. An invalid timeout is ignored, as by gRPC's own servers.</summary>
    internal static bool TryReadTimeout(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MostDigits + 1
            || !uint.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint count))
        {
            return false;
        }

        long unit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };

        // The timer counts whole milliseconds. Round up, or the shortest deadline would already have passed.
        long ticks = unit == 0 ? count / TimeSpan.NanosecondsPerTick : count * unit;
        timeout = TimeSpan.FromMilliseconds((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
        return unit >= 0 && timeout <= s_longest;
    }
}
