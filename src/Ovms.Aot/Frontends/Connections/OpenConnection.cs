using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Ovms.Frontends.Connections;

/// <summary>The state of a connection that its calls share: a connection feature, so each call finds it among its own features.</summary>
/// <param name="places">Counts and admits connections.</param>
/// <param name="context">The connection.</param>
/// <param name="address">The remote address; null for a unix socket.</param>
internal sealed class OpenConnection(ConnectionPlaces places, ConnectionContext context, CallerAddress? address)
{
    // Makes the number of calls negative, so that no further call begins.
    private const int Retired = int.MinValue / 2;

    private readonly RecentResets _resets = new();
    private readonly RecentResets _idle = new();
    private int _calls;
    private int _isEnding;

    /// <summary>The remote address; null for a unix socket.</summary>
    public CallerAddress? Address => address;

    /// <summary>Whether only health requests are answered on it; changed by <see cref="ConnectionPlaces"/> alone.</summary>
    public bool IsHealthOnly { get; set; }

    /// <summary>Why only health requests are answered on it, for its caller.</summary>
    public string HealthOnlyText =>
        "This one was let in for requests about health alone; try again later or raise "
        + (address is not null && places.IsFull(address) ? "max_connections_per_address" : places.Limits.PlacesName);

    /// <summary>Whether it has sent a request.</summary>
    public bool HasCalled { get; private set; }

    /// <summary>Since when it has no call, in milliseconds; its start before the first call.</summary>
    public long IdleSince { get; private set; } = places.Now;

    /// <summary>Whether it has no call and is not retired.</summary>
    public bool IsIdle => Volatile.Read(ref _calls) == 0;

    /// <summary>Whether it must end: nothing more is read from it.</summary>
    public bool IsEnding => Volatile.Read(ref _isEnding) != 0;

    /// <summary>When it was asked to close, in milliseconds; else 0. Changed under the lock of <see cref="ConnectionPlaces"/>.</summary>
    public long ClosingSince { get; set; }

    /// <summary>Whether its place was freed; changed under the lock of <see cref="ConnectionPlaces"/>.</summary>
    public bool HasGivenPlace { get; set; }

    /// <summary>Why Kestrel rejects what it sent; null while it does not.</summary>
    public string? Rejection { get; set; }

    /// <summary>What is wrong with headers that it sent, where Kestrel would accept them.</summary>
    public string? HeaderFault { get; set; }

    /// <summary>Begins a call.</summary>
    /// <param name="isForHealth">Whether it is a health request.</param>
    /// <returns>False when the connection has no place for it or is closing. Call <see cref="End"/> in either case.</returns>
    public bool TryBegin(bool isForHealth)
    {
        HasCalled = true;
        return Interlocked.Increment(ref _calls) > 0 && (!IsHealthOnly || isForHealth || places.TryPromote(this));
    }

    /// <summary>Ends a call.</summary>
    public void End()
    {
        IdleSince = places.Now;
        Interlocked.Decrement(ref _calls);
    }

    /// <summary>Counts streams that began or were reset in what was just read or written.</summary>
    public void Saw(int streams, int resets)
    {
        if (streams + resets > 0 && places.IsOverBudget(_resets, address?.Resets, streams, resets))
        {
            EndForResets();
        }
    }

    /// <summary>
    /// Counts a stream that the server ended because no message came and others needed the room. Other streams do not offset it: no caller
    /// wants such a stream.
    /// </summary>
    public void SawIdleStream()
    {
        if (places.IsOverBudget(_idle, address?.Idle, streams: 0, resets: 1))
        {
            EndForResets();
        }
    }

    /// <summary>Lets no further call begin; false while there is a call.</summary>
    public bool TryRetire() => Interlocked.CompareExchange(ref _calls, Retired, 0) == 0;

    /// <summary>Asks the connection to close: a pending read of the next request ends, HTTP/2 sends GOAWAY.</summary>
    public void RequestClose() => context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <summary>Closes at once. The file descriptor is free on return, so that the next connection can have it.</summary>
    public void Cut(string why)
    {
        context.Abort(new ConnectionAbortedException(why));
        context.Features.Get<IConnectionSocketFeature>()?.Socket.Dispose();
    }

    // The framework takes the end of its input for the caller's goodbye: it sends GOAWAY and ends every stream.
    private void EndForResets()
    {
        if (Interlocked.Exchange(ref _isEnding, 1) == 0)
        {
            places.EndForResets(this);

            // On another thread: whatever waits for the read continues inside this call and ends every stream of the connection.
            ThreadPool.UnsafeQueueUserWorkItem(static ending => ending.Transport.Input.CancelPendingRead(), context, preferLocal: false);
        }
    }
}
