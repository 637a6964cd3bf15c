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
/// Tracks and bounds the open connections of all listeners: by the options, and by the files that the process may open. Without the second
/// bound the server could not accept a connection even to reject it, and would retry endlessly.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="log">Gets one line a minute for each kind of rejection.</param>
internal sealed class ConnectionGate(ConnectionLimits limits, ILogger log) : IDisposable
{
    // File descriptors that are not connections: listeners, the log, the engine's files, and connections that are closing.
    private const int Reserve = 64;

    private static readonly TimeSpan s_sweepEvery = TimeSpan.FromSeconds(1);

    // Data that the server has just written reaches the connection's send queue in less time than this.
    private static readonly TimeSpan s_checkEvery = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<ConnectionContext, Socket?> _connections = new();
    private readonly ConnectionPlaces _places = new(limits, TimeProvider.System);
    private readonly OncePerMinute[] _tell = [.. Enum.GetValues<ConnectionEnd>().Select(static _ => new OncePerMinute())];
    private Timer? _sweep;

    /// <summary>Open connections.</summary>
    public int Open => _places.Open;

    /// <summary>Connections rejected, plus those admitted for health checks only that asked for something else.</summary>
    public long Refused => Ended(ConnectionEnd.Full) + Ended(ConnectionEnd.AddressFull) + _places.RefusedRequests;

    /// <summary>Connections that ended for this reason.</summary>
    public long Ended(ConnectionEnd why) => _places.Ended(why);

    /// <summary>The most connections allowed; no limit if the system does not report a limit on open files.</summary>
    /// <param name="openFiles">The most files this process may have open; null if unknown.</param>
    public static int LimitFor(long? openFiles) =>
        openFiles is { } files ? (int)Math.Clamp(Math.Max(files - Reserve, files / 2), 1, int.MaxValue) : int.MaxValue;

    /// <summary>Puts the gate before a listener.</summary>
    public void Guard(ListenOptions listener)
    {
        _sweep ??= new Timer(static places => ((ConnectionPlaces)places!).Sweep(), _places, s_sweepEvery, s_sweepEvery);
        listener.Use(next => connection => PassAsync(connection, next));
    }

    /// <summary>Waits until callers have acknowledged everything that was sent to them.</summary>
    /// <returns>False if the limit passed first.</returns>
    public async Task<bool> DeliverAsync(TimeSpan limit)
    {
        long began = Stopwatch.GetTimestamp();
        for (int empty = 0; empty < 2; empty = _connections.Values.All(SendQueue.IsEmpty) ? empty + 1 : 0)
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                return false;
            }

            await Task.Delay(s_checkEvery).ConfigureAwait(false);
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

        try
        {
            if (open.IsHealthOnly)
            {
                Tell(address is not null && _places.IsFull(address) ? ConnectionEnd.AddressFull : ConnectionEnd.Full, address);
            }

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
                ConnectionEnd.AddressFull =>
                    $"{address?.Address} has {limits.PerAddress} open, "
                    + "the limit of an address (max_connections_per_address), and all are in use",
                _ =>
                    $"{limits.Places} are open, the limit of the server ({limits.PlacesName}), and all are in use",
            });
        }
    }
}
