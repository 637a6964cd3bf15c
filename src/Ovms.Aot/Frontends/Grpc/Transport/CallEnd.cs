using System.Globalization;
using Ovms.Inference;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Cancels a call at its deadline (grpc-timeout) or when its caller disconnects. Pooled: after Dispose its token must not be used.
/// </summary>
internal sealed class CallEnd : Recyclable, IDisposable
{
    private const string TimeoutHeader = "grpc-timeout";

    // The protocol's limit on the digits of a timeout.
    private const int MostDigits = 8;

    // The longest that a timer can wait; a longer deadline is ignored.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(49);

    private readonly Recycled<CallEnd> _home;
    private readonly WaitingCalls _waiting;
    private readonly LinkedListNode<CallEnd> _node;
    private CancellationTokenSource _stop = new();
    private CancellationTokenRegistration _gone;

    // The list that the call was put into when it began to wait; the timer may have removed it since.
    private WaitingCalls.Lines? _lines;
    private HttpContext? _call;
    private int _modelUse;

    /// <summary>
    /// The memory that the call holds in its front end's account. It is pooled with this object; the call assigns and disposes it.
    /// </summary>
    public MemoryShare Share { get; } = new();

    /// <summary>Created without a call: see <see cref="Begin"/>.</summary>
    /// <param name="home">The pool that it returns to.</param>
    /// <param name="waiting">The calls that wait.</param>
    internal CallEnd(Recycled<CallEnd> home, WaitingCalls waiting)
    {
        _home = home;
        _waiting = waiting;
        _node = new LinkedListNode<CallEnd>(this);
    }

    /// <summary>The call to the model, once the message has named one; disposed with this object.</summary>
    public ModelCall? Model { get; private set; }

    /// <summary>Sets the model that the message names, and disposes the one that its first bytes named; null for none.</summary>
    public void SetModel(ModelCall? model)
    {
        if (model is not null)
        {
            // The first bytes only bounded the message; another model computes it.
            Model?.Abandon();
        }

        Model?.Dispose(_modelUse);
        Model = model;
        _modelUse = model?.Stamp ?? 0;
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
    public void Waits()
    {
        if (_gone == default)
        {
            _lines ??= _waiting.Add(_node);
        }
    }

    /// <summary>From now on the caller's disconnect, even a past one, cancels the call.</summary>
    internal void WatchCaller() => _gone = _call!.RequestAborted.UnsafeRegister(static self => ((CallEnd)self!)._stop.Cancel(), this);

    /// <summary>The error of a call that was cancelled.</summary>
    public Outcome Reason =>
        Outcome.Fail(
            _stop.IsCancellationRequested && !_call!.RequestAborted.IsCancellationRequested
                ? StatusCode.DeadlineExceeded
                : StatusCode.Cancelled);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!TryEndUse(Stamp))
        {
            return;
        }

        SetModel(null);
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

        _home.Return(this);
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
