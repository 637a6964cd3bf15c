using System.Globalization;
using Ovms.Inference;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// When a call has to end, whatever it is doing: at its deadline (grpc-timeout), or when its caller has gone. Kept for later calls once
/// disposed; the token must not be used afterwards.
/// </summary>
internal sealed class CallEnd : Recyclable, IDisposable
{
    private const string TimeoutHeader = "grpc-timeout";

    // The protocol's own bound on the digits of a timeout.
    private const int MostDigits = 8;

    // What a timer can wait for; a deadline beyond it is none.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(49);

    private readonly Recycled<CallEnd> _home;
    private readonly WaitingCalls _waiting;
    private readonly LinkedListNode<CallEnd> _node;
    private CancellationTokenSource _stop = new();
    private CancellationTokenRegistration _gone;

    // Where the call was put among those that wait, if it waited; it may have been taken out since.
    private WaitingCalls.Lines? _lines;
    private HttpContext? _call;
    private int _modelUse;

    /// <summary>What the call holds of its front end's memory, kept with this; the call begins and ends it.</summary>
    public MemoryShare Share { get; } = new();

    /// <summary>Of no call yet: see <see cref="Begin"/>.</summary>
    /// <param name="home">Where it goes back to.</param>
    /// <param name="waiting">The calls that wait.</param>
    internal CallEnd(Recycled<CallEnd> home, WaitingCalls waiting)
    {
        _home = home;
        _waiting = waiting;
        _node = new LinkedListNode<CallEnd>(this);
    }

    /// <summary>The call's model, once its message has named it; ends with this.</summary>
    public ModelCall? Model { get; private set; }

    /// <summary>The message has named a model, or names another one than its first bytes did; null for none.</summary>
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

    /// <summary>Cancelled when the call has to end.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Reads a call's deadline and watches it from now on.</summary>
    public void Begin(HttpContext call)
    {
        _call = call;
        if (TryReadTimeout(call.Request.Headers[TimeoutHeader].ToString(), out TimeSpan timeout))
        {
            _stop.CancelAfter(timeout);
        }
    }

    /// <summary>
    /// The call waits for something: its caller is watched, too, unless it is over soon. Reading the body ends by itself when the caller goes.
    /// </summary>
    public void Waits()
    {
        if (_gone == default)
        {
            _lines ??= _waiting.Add(_node);
        }
    }

    /// <summary>The call ends when its caller goes, or has gone, from here on.</summary>
    internal void WatchCaller() => _gone = _call!.RequestAborted.UnsafeRegister(static self => ((CallEnd)self!)._stop.Cancel(), this);

    /// <summary>What a call that was cancelled is told.</summary>
    public Outcome Reason =>
        Outcome.Fail(_stop.IsCancellationRequested && !_call!.RequestAborted.IsCancellationRequested ? StatusCode.DeadlineExceeded : StatusCode.Cancelled);

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

        // Waits for a cancellation that is under way, so that it cannot reach the next call.
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

    /// <summary>Reads up to eight digits and a unit. What is no timeout is passed over, as gRPC's own servers do.</summary>
    internal static bool TryReadTimeout(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MostDigits + 1 || !uint.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint count))
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

        // The timer knows whole milliseconds; what is left of one is granted, or the shortest deadline would have passed already.
        long ticks = unit == 0 ? count / TimeSpan.NanosecondsPerTick : count * unit;
        timeout = TimeSpan.FromMilliseconds((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
        return unit >= 0 && timeout <= s_longest;
    }
}
