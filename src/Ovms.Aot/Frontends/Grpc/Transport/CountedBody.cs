using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Frontends.Connections;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// The request body of a framework call, which counts bytes as they gather. The framework buffers a message until its last byte arrives,
/// and a caller may never send that byte.
/// </summary>
internal sealed class CountedBody(PipeReader body, MemoryShare share, ArrivalTimes times)
    : PassThroughReader(body), IRequestBodyPipeFeature, IDisposable
{
    private ArrivalWatch? _watch;
    private bool _hasBegun;

    /// <inheritdoc/>
    public PipeReader Reader => this;

    // Bytes of a message that is never rejected.
    private const int SmallMessage = 4 << 10;

    /// <summary>
    /// Counts the bodies of framework calls, whose responses are small. The call itself and a small message are counted but not rejected,
    /// so that health requests are answered when memory is short.
    /// </summary>
    public static void Use(IApplicationBuilder app, GrpcSettings settings) =>
        app.Use(next => async context =>
        {
            using MemoryShare share = new(settings.Memory.For(context));
            share.AddAnswer(MemoryShare.CallBytes);
            using CountedBody body = new(context.Request.BodyReader, share, settings.Arrival);
            context.Features.Set<IRequestBodyPipeFeature>(body);
            PacedAnswer answer = PacedAnswer.Of(context);
            await next(context).ConfigureAwait(false);
            await answer.FinishAsync(share).ConfigureAwait(false);
        });

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading = Inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Count(reading.Result)) : WaitAsync(reading);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool read = Inner.TryRead(out result);
        result = read ? Count(result) : result;
        return read;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        _watch = null;
    }

    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading)
    {
        _watch ??= times.Watch(Inner, _hasBegun, CancellationToken.None);
        ReadResult result = await reading.ConfigureAwait(false);
        if (result.IsCompleted)
        {
            // A call that streams responses for long, such as a health watch, needs no timeout any more.
            Dispose();
        }

        return Count(result);
    }

    private ReadResult Count(ReadResult result)
    {
        Outcome counted = result.IsCanceled && _watch is { Reason: { IsOk: false } reason }
            ? reason
            : share.GrowTo(result.Buffer.Length - SmallMessage);
        _hasBegun |= !result.Buffer.IsEmpty;
        _watch?.Came();
        if (!counted.IsOk)
        {
            Inner.AdvanceTo(result.Buffer.End);
            throw GrpcEdge.ToException(counted);
        }

        return result;
    }
}
