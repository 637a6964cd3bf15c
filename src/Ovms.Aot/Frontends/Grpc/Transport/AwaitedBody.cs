using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Frontends.Connections;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// The request body of a framework call. The call counts as waiting from its first read until the message begins. A call that is answered
/// without reading its body never waits.
/// </summary>
internal sealed class AwaitedBody(PipeReader body, OpenStreams streams, OpenConnection? connection)
    : PassThroughReader(body), IRequestBodyPipeFeature
{
    private bool _hasBegun;

    /// <inheritdoc/>
    public PipeReader Reader => this;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading = Inner.ReadAsync(cancellationToken);
        bool waits = !_hasBegun && !reading.IsCompleted;
        _hasBegun = true;
        return waits ? streams.AwaitAsync(reading, Inner, connection) : reading;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => Inner.TryRead(out result);
}
