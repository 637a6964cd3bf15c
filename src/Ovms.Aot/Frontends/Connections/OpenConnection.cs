using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Ovms.Frontends.Connections;

/// <summary>A connection as the calls on it see it: a feature of the connection, so that a call finds it among its own.</summary>
/// <param name="places">Who counts it.</param>
/// <param name="context">The connection.</param>
/// <param name="address">Where it comes from; null for a unix socket.</param>
internal sealed class OpenConnection(ConnectionPlaces places, ConnectionContext context, CallerAddress? address)
{
    // Added to the calls of a connection that begins no further one.
    private const int Retired = int.MinValue / 2;

    private readonly RecentResets _resets = new();
    private readonly RecentResets _idle = new();
    private int _calls;
    private int _isEnding;

    /// <summary>Where it comes from; null for a unix socket.</summary>
    public CallerAddress? Address => address;

    /// <summary>Whether only requests for health are answered on it; changed by <see cref="ConnectionPlaces"/> alone.</summary>
    public bool IsHealthOnly { get; set; }

    /// <summary>Whether a request ever came.</summary>
    public bool HasCalled { get; private set; }

    /// <summary>Since when there is no call on it, in milliseconds; its begin while there was none.</summary>
    public long IdleSince { get; private set; } = places.Now;

    /// <summary>Whether there is no call on it, and it may be retired.</summary>
    public bool IsIdle => Volatile.Read(ref _calls) == 0;

    /// <summary>Whether it must end: nothing more is read from it.</summary>
    public bool IsEnding => Volatile.Read(ref _isEnding) != 0;

    /// <summary>When it was told to close, in milliseconds; 0 while it was not. Changed under the lock of <see cref="ConnectionPlaces"/>.</summary>
    public long ClosingSince { get; set; }

    /// <summary>Whether its place was given to another one; changed under the lock of <see cref="ConnectionPlaces"/>.</summary>
    public bool HasGivenPlace { get; set; }

    /// <summary>Why the framework refuses what came over it; null while it does not.</summary>
    public string? Rejection { get; set; }

    /// <summary>What is wrong with headers that came, where the framework would not see it.</summary>
    public string? HeaderFault { get; set; }

    /// <summary>A call begins.</summary>
    /// <param name="isForHealth">Whether it asks for health.</param>
    /// <returns>False when the connection has no place for it, or closes. <see cref="End"/> is due all the same.</returns>
    public bool TryBegin(bool isForHealth)
    {
        HasCalled = true;
        return Interlocked.Increment(ref _calls) > 0 && (!IsHealthOnly || isForHealth || places.TryPromote(this));
    }

    /// <summary>A call ended.</summary>
    public void End()
    {
        IdleSince = places.Now;
        Interlocked.Decrement(ref _calls);
    }

    /// <summary>Streams began or were reset, in what was just read or written.</summary>
    public void Saw(int streams, int resets)
    {
        if (streams + resets > 0 && places.IsOverBudget(_resets, address?.Resets, streams, resets))
        {
            EndForResets();
        }
    }

    /// <summary>A stream was ended, since no message came and others needed the room. No such stream is wanted, so that no other weighs against it.</summary>
    public void SawIdleStream()
    {
        if (places.IsOverBudget(_idle, address?.Idle, streams: 0, resets: 1))
        {
            EndForResets();
        }
    }

    /// <summary>From here on no call begins; false where there is one.</summary>
    public bool TryRetire() => Interlocked.CompareExchange(ref _calls, Retired, 0) == 0;

    /// <summary>Asks to close: who waits for a request stops waiting, HTTP/2 says goodbye.</summary>
    public void RequestClose() => context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <summary>Closes at once; the file is free when this returns, so that the next connection may have it.</summary>
    public void Cut(string why)
    {
        context.Abort(new ConnectionAbortedException(why));
        context.Features.Get<IConnectionSocketFeature>()?.Socket.Dispose();
    }

    // The framework takes the end of what it reads for the caller's goodbye: it says its own (GOAWAY) and lets go of every stream.
    private void EndForResets()
    {
        if (Interlocked.Exchange(ref _isEnding, 1) == 0)
        {
            places.EndForResets(this);

            // Elsewhere: what waits for the read goes on at once, and that is the end of every stream of the connection.
            ThreadPool.UnsafeQueueUserWorkItem(static ending => ending.Transport.Input.CancelPendingRead(), context, preferLocal: false);
        }
    }
}
