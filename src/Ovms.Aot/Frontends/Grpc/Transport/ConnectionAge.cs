using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Closes connections at a maximum age, so that clients behind a load balancer are redistributed. The server sends GOAWAY, lets calls in
/// flight finish, and aborts what is left after the grace period.
/// </summary>
internal static class ConnectionAge
{
    /// <summary>Adds the age limit to a listener.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="age">The age at which a connection is asked to close.</param>
    /// <param name="grace">How long calls may then take to finish; null for no limit.</param>
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
            connection.Abort(new ConnectionAbortedException(
                "The connection is older than grpc.max_connection_age_ms and its grace period allow."));
        }
    }
}
