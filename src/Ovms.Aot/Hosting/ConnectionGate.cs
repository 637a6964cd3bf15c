using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Observability;

namespace Ovms.Hosting;

/// <summary>
/// Knows the open connections of all listeners and bounds them by the files that the process may have open. Without that the server could
/// not even accept a connection to turn it away, and would try again and again.
/// </summary>
/// <param name="limit">Most connections at the same time.</param>
internal sealed class ConnectionGate(int limit, ILogger log)
{
    // Files that are not connections: listeners, the log, what the engine has open.
    private const int Reserve = 64;

    private static readonly TimeSpan s_tellEvery = TimeSpan.FromMinutes(1);

    // What the server has just written takes less than this to its connection's send queue.
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<ConnectionContext, Socket?> _connections = new();
    private int _open;
    private long _toldAt;
    private long _refused;

    /// <summary>How many are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>How many were turned away.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>How many connections there may be; no limit where the system does not tell how many files may be open.</summary>
    /// <param name="openFiles">How many files this process may have open; null where that is not told.</param>
    public static int LimitFor(long? openFiles) =>
        openFiles is { } files ? (int)Math.Clamp(Math.Max(files - Reserve, files / 2), 1, int.MaxValue) : int.MaxValue;

    /// <summary>Puts the gate before a listener.</summary>
    public void Guard(ListenOptions listener) => listener.Use(next => connection => PassAsync(connection, next));

    /// <summary>Waits until callers have all that was sent to them.</summary>
    /// <returns>False when some had not at the limit.</returns>
    public async Task<bool> DeliverAsync(TimeSpan limit)
    {
        long began = Stopwatch.GetTimestamp();
        for (int empty = 0; empty < 2; empty = _connections.Values.All(SendQueue.IsEmpty) ? empty + 1 : 0)
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                return false;
            }

            await Task.Delay(s_lookEvery).ConfigureAwait(false);
        }

        return true;
    }

    private async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _open) <= limit)
            {
                _connections[connection] = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
                await next(connection).ConfigureAwait(false);
            }
            else
            {
                Interlocked.Increment(ref _refused);
                Tell();
            }
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            Interlocked.Decrement(ref _open);
        }
    }

    private void Tell()
    {
        long told = Interlocked.Read(ref _toldAt);
        long now = Stopwatch.GetTimestamp();
        if ((told == 0 || Stopwatch.GetElapsedTime(told, now) > s_tellEvery) && Interlocked.CompareExchange(ref _toldAt, now, told) == told)
        {
            Log.ConnectionRefused(log, limit);
        }
    }
}
