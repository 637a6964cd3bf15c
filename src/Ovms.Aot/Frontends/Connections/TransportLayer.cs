using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ovms.Frontends.Connections;

/// <summary>Puts a reader and a writer of a front end between a connection's bytes and Kestrel.</summary>
internal static class TransportLayer
{
    /// <summary>Adds the layer to a listener, for connections that are counted.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="read">Wraps what the connection receives.</param>
    /// <param name="write">Wraps what the connection sends.</param>
    public static void Use(
        ListenOptions listener, Func<PipeReader, OpenConnection, PipeReader> read, Func<PipeWriter, OpenConnection, PipeWriter> write) =>
        listener.Use(next => connection =>
        {
            if (connection.Features.Get<OpenConnection>() is { } open)
            {
                connection.Transport = new Duplex(read(connection.Transport.Input, open), write(connection.Transport.Output, open));
            }

            return next(connection);
        });
}

/// <summary>The two directions of a connection.</summary>
/// <param name="Input">What the connection receives.</param>
/// <param name="Output">What the connection sends.</param>
internal sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
