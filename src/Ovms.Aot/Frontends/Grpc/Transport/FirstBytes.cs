using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Closes connections that do not begin like HTTP. The framework would wait an hour for the end of a line from a client that speaks TLS,
/// which leaves its user without a reason. Who says nothing is closed by first_request_timeout_seconds.
/// </summary>
internal static class FirstBytes
{
    // Record type of a TLS handshake.
    private const byte TlsHandshake = 0x16;

    /// <summary>Adds the check to a listener.</summary>
    public static void Check(ListenOptions listener)
    {
        ILogger log = listener.ApplicationServices.GetService<ILoggerFactory>()?.CreateLogger("grpc") ?? NullLogger.Instance;
        int told = 0;
        listener.Use(next => async connection =>
        {
            byte? first = await PeekAsync(connection).ConfigureAwait(false);
            if (first == TlsHandshake && Interlocked.Exchange(ref told, 1) == 0)
            {
                GrpcLog.TlsCaller(log, connection.RemoteEndPoint);
            }

            // The preface of HTTP/2 begins with a letter; so does an HTTP/1 request, which is told why it is refused.
            if (first is { } letter && char.IsAsciiLetter((char)letter))
            {
                await next(connection).ConfigureAwait(false);
            }
        });
    }

    private static async ValueTask<byte?> PeekAsync(ConnectionContext connection)
    {
        CancellationToken closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        try
        {
            PipeReader input = connection.Transport.Input;
            ReadResult read = await input.ReadAsync(closing).ConfigureAwait(false);
            byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];

            // Neither taken nor looked at: the next reader gets it at once.
            input.AdvanceTo(read.Buffer.Start);
            return first;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
