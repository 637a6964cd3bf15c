using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Frontends.Connections;
using Ovms.Observability;

namespace Ovms.Hosting;

/// <summary>
/// Knows the open connections of all listeners and bounds them: by the options, and by the files that the process may have open. Without
/// that the server could not even accept a connection to turn it away, and would try again and again.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="log">Told once a minute of each kind of refusal.</param>
internal sealed class ConnectionGate(ConnectionLimits limits, ILogger log) : IDisposable
{
    // Files that are not connections: listeners, the log, what the engine has open, and connections that were told to close.
    private const int Reserve = 64;

    private static readonly TimeSpan s_sweepEvery = TimeSpan.FromSeconds(1);

    // What the server has just written takes less than this to its connection's send queue.
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<ConnectionContext, Socket?> _connections = new();
    private readonly ConnectionPlaces _places = new(limits, TimeProvider.System);
    private readonly OncePerMinute[] _tell = [.. Enum.GetValues<ConnectionEnd>().Select(static _ => new OncePerMinute())];
    private Timer? _sweep;

    /// <summary>How many are open.</summary>
    public int Open => _places.Open;

    /// <summary>How many were turned away, or let in for health alone and asked for more.</summary>
    public long Refused => Ended(ConnectionEnd.Full) + Ended(ConnectionEnd.AddressFull) + _places.RefusedRequests;

    /// <summary>How many ended for a reason.</summary>
    public long Ended(ConnectionEnd why) => _places.Ended(why);

    /// <summary>How many connections there may be; no limit where the system does not tell how many files may be open.</summary>
    /// <param name="openFiles">How many files this process may have open; null where that is not told.</param>
    public static int LimitFor(long? openFiles) =>
        openFiles is { } files ? (int)Math.Clamp(Math.Max(files - Reserve, files / 2), 1, int.MaxValue) : int.MaxValue;

    /// <summary>Puts the gate before a listener.</summary>
    public void Guard(ListenOptions listener)
    {
        _sweep ??= new Timer(static places => ((ConnectionPlaces)places!).Sweep(), _places, s_sweepEvery, s_sweepEvery);
        listener.Use(next => connection => PassAsync(connection, next));
    }

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

    /// <inheritdoc/>
    public void Dispose() => _sweep?.Dispose();

    private async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        CallerAddress? address = connection.RemoteEndPoint is IPEndPoint from ? _places.Of(from.Address) : null;
        OpenConnection open = new(_places, connection, address);
        ConnectionEnd refused = _places.Admit(open);
        if (refused != ConnectionEnd.None)
        {
            Tell(refused, address);
            return;
        }

        if (open.IsHealthOnly)
        {
            Tell(address is not null && _places.IsFull(address) ? ConnectionEnd.AddressFull : ConnectionEnd.Full, address);
        }

        try
        {
            _connections[connection] = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
            connection.Features.Set(open);
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            _places.Leave(open);
        }
    }

    private void Tell(ConnectionEnd refused, CallerAddress? address)
    {
        if (_tell[(int)refused].IsDue())
        {
            Log.ConnectionRefused(log, refused switch
            {
                ConnectionEnd.AddressFull => $"{address?.Address} has {limits.PerAddress} open, as many as an address may have (max_connections_per_address), and all are in use",
                _ => $"{limits.Places} are open, as many as there may be (max_connections; the files that this process may open, ulimit -n), and all are in use",
            });
        }
    }
}
