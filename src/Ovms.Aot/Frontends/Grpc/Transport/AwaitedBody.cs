using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Frontends.Connections;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// The body of a call that the framework reads: counted among those who wait from when it is asked for a message until one begins to come. A
/// call that is answered without a look at its body never waits.
/// </summary>
internal sealed class AwaitedBody(PipeReader body, OpenStreams streams, OpenConnection? connection) : PipeReader, IRequestBodyPipeFeature
{
    private bool _hasBegun;

    /// <inheritdoc/>
    public PipeReader Reader => this;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading = body.ReadAsync(cancellationToken);
        bool waits = !_hasBegun && !reading.IsCompleted;
        _hasBegun = true;
        return waits ? streams.AwaitAsync(reading, body, connection) : reading;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => body.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => body.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => body.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => body.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => body.Complete(exception);
}
