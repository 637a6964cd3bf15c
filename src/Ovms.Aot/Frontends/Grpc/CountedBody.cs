using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Status;

namespace Ovms.Frontends.Grpc;

/// <summary>
/// A call's request bytes, counted while they gather: the framework keeps a message in the connection's buffers until its last byte is
/// there, and a caller need not ever send that one.
/// </summary>
internal sealed class CountedBody(PipeReader body, MemoryShare share) : PipeReader, IRequestBodyPipeFeature
{
    /// <inheritdoc/>
    public PipeReader Reader => this;

    // Of a message that is never refused.
    private const int SmallMessage = 4 << 10;

    /// <summary>
    /// Counts the bodies of the calls that the framework reads. Their answers are small. The call itself and a small message are counted
    /// and not refused: whoever asks for the server's health is answered when memory is short, too.
    /// </summary>
    public static void Use(IApplicationBuilder app, RequestMemory memory) =>
        app.Use(next => async context =>
        {
            using MemoryShare share = new(memory.For(context));
            share.AddAnswer(MemoryShare.CallBytes);
            context.Features.Set<IRequestBodyPipeFeature>(new CountedBody(context.Request.BodyReader, share));
            await next(context).ConfigureAwait(false);
        });

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading = body.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Count(reading.Result)) : WaitAsync(reading);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool read = body.TryRead(out result);
        result = read ? Count(result) : result;
        return read;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => body.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => body.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => body.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => body.Complete(exception);

    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading) => Count(await reading.ConfigureAwait(false));

    private ReadResult Count(ReadResult result)
    {
        Outcome counted = share.GrowTo(result.Buffer.Length - SmallMessage);
        if (!counted.IsOk)
        {
            body.AdvanceTo(result.Buffer.End);
            throw GrpcEdge.ToException(counted);
        }

        return result;
    }
}
