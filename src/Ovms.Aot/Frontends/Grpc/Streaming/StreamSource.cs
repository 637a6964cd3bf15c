using System.Diagnostics;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>The requests of one stream, read one after the other, and what ends the reading.</summary>
internal sealed class StreamSource : IDisposable
{
    private readonly HttpContext _http;
    private readonly InferApi _api;
    private readonly MessageStream _messages;
    private readonly Recycled<MemoryShare> _shares;
    private readonly RequestMemory _memory;
    private readonly CallEnd _end;
    private readonly CancellationToken _draining;
    private readonly CancellationTokenSource _ending;

    /// <param name="http">The call.</param>
    /// <param name="end">Its deadline and its caller's disconnect.</param>
    /// <param name="api">Reads requests.</param>
    /// <param name="messages">Reads messages.</param>
    /// <param name="shares">The pool of shares.</param>
    /// <param name="memory">The account of the requests' memory.</param>
    /// <param name="draining">Cancelled when the server starts no more inferences.</param>
    public StreamSource(
        HttpContext http, CallEnd end, InferApi api, MessageStream messages, Recycled<MemoryShare> shares, RequestMemory memory,
        CancellationToken draining)
    {
        (_http, _end, _api, _messages, _shares, _memory, _draining) = (http, end, api, messages, shares, memory, draining);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(end.Token, draining);
    }

    /// <summary>Cancelled at the caller's deadline or disconnect; what computes ends then.</summary>
    public CancellationToken Caller => _end.Token;

    /// <summary>Cancelled when nothing more is read.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Why reading was cancelled; Ok if the server's own part of the stream did it.</summary>
    public Outcome Reason =>
        _end.Token.IsCancellationRequested || _http.RequestAborted.IsCancellationRequested ? _end.Reason
        : _draining.IsCancellationRequested ? Outcome.Fail(StatusCode.ServerShuttingDown)
        : Outcome.Ok;

    /// <summary>Ends reading, for the stream cannot go on.</summary>
    public void Stop()
    {
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The stream is over.
        }
    }

    /// <summary>Reads the next request.</summary>
    /// <returns>
    /// The request, owned by the caller, also one that is no ModelInferRequest; null with Ok where there is none; else why nothing more can
    /// be read.
    /// </returns>
    public async ValueTask<(Outcome Result, StreamItem? Item)> NextAsync()
    {
        MemoryShare share = _shares.Rent().Of(_memory);
        StreamItem? item = null;
        try
        {
            (Outcome result, NativeBuffer? bytes) = await _messages.ReadAsync(_http, share, Ending).ConfigureAwait(false);
            if (bytes is not null)
            {
                long received = Stopwatch.GetTimestamp();
                long length = bytes.Length;
                Outcome<InferMessage> read = _api.Read(bytes, out CallSubject subject);
                item = new StreamItem(subject, read.WithoutValue, read.Value, share, length)
                {
                    WantsEnd = read.IsOk && read.Value.Parameters.Exists(static parameter =>
                        parameter.Name == InferParameters.EmptyFinalName && parameter.Value.AsFlag() == true),
                };
                if (read.IsOk)
                {
                    read.Value.Received = received;
                }
            }

            return (result, item);
        }
        catch (OperationCanceledException)
        {
            return (Reason, null);
        }
        finally
        {
            if (item is null)
            {
                share.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();
}
