using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Observability;

namespace Ovms.Hosting;

/// <summary>
/// Bounds the open connections of all listeners by the files that the process may have open. Without it the server could not even accept
/// a connection to turn it away, and would try again and again.
/// </summary>
/// <param name="limit">Most connections at the same time.</param>
internal sealed class ConnectionGate(int limit, ILogger log)
{
    private const string LimitsFile = "/proc/self/limits";

    // Files that are not connections: listeners, the log, what the engine has open.
    private const int Reserve = 64;

    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private int _open;
    private long _toldAt;

    /// <summary>How many connections there may be; no limit where the system does not tell how many files may be open.</summary>
    public static int LimitOfThisProcess() => File.Exists(LimitsFile) ? LimitFor(File.ReadLines(LimitsFile)) : int.MaxValue;

    /// <summary>The same for given lines of a limits file.</summary>
    internal static int LimitFor(IEnumerable<string> lines)
    {
        const string OpenFiles = "Max open files";
        string? soft = lines.FirstOrDefault(static line => line.StartsWith(OpenFiles, StringComparison.Ordinal))?[OpenFiles.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long files)
            ? (int)Math.Clamp(Math.Max(files - Reserve, files / 2), 1, int.MaxValue)
            : int.MaxValue;
    }

    /// <summary>Puts the gate before a listener.</summary>
    public void Guard(ListenOptions listener) => listener.Use(next => connection => PassAsync(connection, next));

    private async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _open) <= limit)
            {
                await next(connection).ConfigureAwait(false);
            }
            else
            {
                Tell();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private void Tell()
    {
        long told = Interlocked.Read(ref _toldAt);
        long now = Stopwatch.GetTimestamp();
        if ((told == 0 || Stopwatch.GetElapsedTime(told, now) > TellEvery) && Interlocked.CompareExchange(ref _toldAt, now, told) == told)
        {
            Log.ConnectionRefused(log, limit);
        }
    }
}
