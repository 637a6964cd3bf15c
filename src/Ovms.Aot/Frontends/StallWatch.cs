using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// Cuts off a caller that does not read a flushed response in time. Over HTTP/2 it resets the stream, and closes the connection if the
/// reset does not get through either. Over HTTP/1.1 it closes the connection. Pooled: reused after Dispose.
/// </summary>
internal sealed class StallWatch : Recyclable, IDisposable
{
    // ENHANCE_YOUR_CALM, which gRPC clients report as RESOURCE_EXHAUSTED.
    private const int EnhanceYourCalm = 0xb;

    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private readonly Recycled<StallWatch> _home;
    private readonly long _limit;
    private HttpContext? _call;
    private long _due;

    /// <summary>Created without a call: see <see cref="Begin"/>.</summary>
    /// <param name="home">The pool that it returns to.</param>
    /// <param name="limit">How long a caller may take.</param>
    internal StallWatch(Recycled<StallWatch> home, TimeSpan limit)
    {
        _home = home;
        _limit = (long)limit.TotalMilliseconds;
        _timer = new Timer(static self => ((StallWatch)self!).Look(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>
    /// The longest time from a stream's reset to the end of its connection. Kestrel carries out a reset within microseconds unless the
    /// connection is stuck.
    /// </summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the caller was cut off.</summary>
    public bool HasCutOff { get; private set; }

    /// <summary>Watches a pending flush.</summary>
    /// <param name="call">The call whose response was flushed.</param>
    internal void Begin(HttpContext call)
    {
        lock (_gate)
        {
            _call = call;
            HasCutOff = false;
            Arm(_limit);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!TryEndUse(Stamp))
        {
            return;
        }

        lock (_gate)
        {
            _call = null;
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
        }

        _home.Return(this);
    }

    private void Arm(long milliseconds)
    {
        _due = Environment.TickCount64 + milliseconds;
        _timer.Change(milliseconds, Timeout.Infinite);
    }

    private void Look()
    {
        lock (_gate)
        {
            // The timer may fire late, for an earlier flush, or a moment early.
            long left = _due - Environment.TickCount64;
            if (_call is null)
            {
                return;
            }

            if (left > 0)
            {
                _timer.Change(left, Timeout.Infinite);
                return;
            }

            IHttpResetFeature? stream = HasCutOff ? null : _call.Features.Get<IHttpResetFeature>();
            HasCutOff = true;
            if (stream is null)
            {
                _call.Features.Get<IConnectionLifetimeFeature>()?.Abort();
                return;
            }

            stream.Reset(EnhanceYourCalm);
            Arm(Math.Min(_limit, (long)Grace.TotalMilliseconds));
        }
    }
}
