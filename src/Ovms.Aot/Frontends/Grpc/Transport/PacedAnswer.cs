using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Applies the time limit for slow readers to the responses that the framework writes: metadata, reflection, statistics, health watches.
/// </summary>
internal sealed class PacedAnswer : PipeWriter, IHttpResponseBodyFeature
{
    private readonly HttpContext _call;
    private readonly AnswerPace _pace;
    private readonly IHttpResponseBodyFeature _inner;
    private readonly PipeWriter _output;

    private PacedAnswer(HttpContext call, IHttpResponseBodyFeature inner)
    {
        _call = call;
        _pace = AnswerPace.Of(call);
        _inner = inner;
        _output = inner.Writer;
    }

    /// <inheritdoc/>
    public PipeWriter Writer => this;

    /// <inheritdoc/>
    public Stream Stream => _inner.Stream;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => _output.UnflushedBytes;

    /// <summary>Wraps a call's response body, before anything is written to it.</summary>
    public static PacedAnswer Of(HttpContext call)
    {
        PacedAnswer answer = new(call, call.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        call.Features.Set<IHttpResponseBodyFeature>(answer);
        return answer;
    }

    /// <summary>Flushes what the framework has written, if it is much, and counts it until the caller has read it.</summary>
    public async ValueTask FinishAsync(MemoryShare share)
    {
        if (_output is { CanGetUnflushedBytes: true, UnflushedBytes: > AnswerPace.UnflushedLimit })
        {
            share.AddAnswer(_output.UnflushedBytes);
            try
            {
                await FlushAsync(_call.RequestAborted).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException)
            {
                // The caller disconnected or was cut off.
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _pace.WatchAsync(_call, _output.FlushAsync(cancellationToken));

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _output.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _output.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void Advance(int bytes) => _output.Advance(bytes);

    /// <inheritdoc/>
    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _output.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => _output.CompleteAsync(exception);

    /// <inheritdoc/>
    public void DisableBuffering() => _inner.DisableBuffering();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => _inner.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        _inner.SendFileAsync(path, offset, count, cancellationToken);

    /// <inheritdoc/>
    public Task CompleteAsync() => _inner.CompleteAsync();
}
