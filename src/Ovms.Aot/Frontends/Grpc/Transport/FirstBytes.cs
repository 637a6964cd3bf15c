using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Closes connections whose first byte is not HTTP. The framework would let a TLS client wait an hour for the end of a line, and its user
/// would get no reason. A silent connection is closed by first_request_timeout_seconds.
/// </summary>
internal static class FirstBytes
{
    // The record type of a TLS handshake.
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

            // The HTTP/2 preface begins with a letter. So does an HTTP/1 request, which Kestrel rejects with a reason.
            if (first is { } letter && char.IsAsciiLetter((char)letter))
            {
                await next(connection).ConfigureAwait(false);
            }
        });
    }

    private static async ValueTask<byte?> PeekAsync(ConnectionContext connection)
    {
        CancellationToken closing =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        try
        {
            PipeReader input = connection.Transport.Input;
            ReadResult read = await input.ReadAsync(closing).ConfigureAwait(false);
            byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];

            // Neither consumed nor examined: the next reader gets the byte at once.
            input.AdvanceTo(read.Buffer.Start);
            return first;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
