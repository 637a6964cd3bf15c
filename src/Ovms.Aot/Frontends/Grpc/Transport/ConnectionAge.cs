using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Closes connections that have lived long enough, so that clients behind a balancer spread anew: the client is told to open another
/// one, calls in flight finish, and what is left after the grace period is cut off.
/// </summary>
internal static class ConnectionAge
{
    /// <summary>Adds the limit to a listener.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="age">When to ask.</param>
    /// <param name="grace">How long to wait then; null = until the calls end by themselves.</param>
    public static void Limit(ListenOptions listener, TimeSpan age, TimeSpan? grace) =>
        listener.Use(next => async connection =>
        {
            using CancellationTokenSource ended = new();
            Task aging = WatchAsync(connection, age, grace, ended.Token);
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                await ended.CancelAsync().ConfigureAwait(false);
                await aging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });

    private static async Task WatchAsync(ConnectionContext connection, TimeSpan age, TimeSpan? grace, CancellationToken ended)
    {
        await Task.Delay(age, ended).ConfigureAwait(false);
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        if (grace is { } limit)
        {
            await Task.Delay(limit, ended).ConfigureAwait(false);
            connection.Abort(new ConnectionAbortedException("The connection is older than grpc.max_connection_age_ms and its grace period allow."));
        }
    }
}
