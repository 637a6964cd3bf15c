using System.Buffers;
using System.Buffers.Binary;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>
/// Writes the responses of one stream, one at a time and no faster than the caller reads; a caller that takes nothing for too long is cut
/// off. Safe for use by several threads.
/// </summary>
/// <param name="http">The call.</param>
/// <param name="longest">The most bytes of a response.</param>
/// <param name="share">The stream's own memory: counts responses that have no share of a request.</param>
internal sealed class StreamAnswers(HttpContext http, int longest, MemoryShare share) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StreamResponse _response = new();

    /// <summary>Why nothing can be written any more; Ok while the caller takes responses.</summary>
    public Outcome Broken { get; private set; }

    /// <summary>Writes the response of a call that has run, and ends its inference as soon as its outputs are copied.</summary>
    /// <param name="call">The call.</param>
    /// <param name="memory">The request's memory.</param>
    /// <returns>Ok; or why there is no response: see <see cref="Broken"/> for whether others can follow.</returns>
    public ValueTask<Outcome> SendAsync(ModelCall call, MemoryShare memory) =>
        SendAsync(AnswerContent.Of(call) with { IsFinal = true }, "", call, memory);

    /// <summary>Writes a response without a call. Its outputs are no longer needed when the task has completed.</summary>
    public ValueTask<Outcome> SendAsync(AnswerContent content) => SendAsync(content, "", null, null);

    /// <summary>Tells the caller that a request has failed.</summary>
    /// <param name="subject">The request.</param>
    /// <param name="why">The text.</param>
    public ValueTask<Outcome> SendErrorAsync(CallSubject subject, string why)
    {
        AnswerContent content = new(subject.Model ?? "", subject.Version ?? "", subject.Id ?? "", []) { IsFinal = true };
        return SendAsync(content, GrpcEdge.Bounded(why), null, null);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async ValueTask<Outcome> SendAsync(AnswerContent content, string error, ModelCall? call, MemoryShare? memory)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (!Broken.IsOk)
            {
                return Broken;
            }

            long length = _response.Measure(content, error);
            Outcome room = Admit(length, memory ?? share);
            if (!room.IsOk)
            {
                return room;
            }

            http.Response.ContentType ??= GrpcEdge.ContentType;
            return Broken = length > AnswerPace.AtOnce
                ? await SendLargeAsync((int)length, call).ConfigureAwait(false)
                : await SendSmallAsync(length, call).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return Broken = Outcome.Fail(StatusCode.Cancelled);
        }
        finally
        {
            if (memory is null)
            {
                share.ReleaseAnswer(share.Answer);
            }

            _turn.Release();
        }
    }

    private Outcome Admit(long length, MemoryShare memory) => length > longest
        ? Outcome.Fail(
            StatusCode.MessageTooLarge,
            $"The answer has {length} bytes where {longest} may be sent; ask for fewer outputs or a smaller batch")
        : memory.TryHoldAnswer(length);

    private ValueTask<Outcome> SendSmallAsync(long length, ModelCall? call)
    {
        Write(http.Response.BodyWriter, length);
        call?.EndInference();
        return AnswerPace.Of(http).FlushAsync(http);
    }

    private async ValueTask<Outcome> SendLargeAsync(int length, ModelCall? call)
    {
        bool staysValid = call is null || call.Detach();
        using GatheredBytes large = new(copies: staysValid ? 0 : MessageBody.HeadLength + length);
        Write(large, length);
        if (large.HasCopies)
        {
            call?.EndInference();
        }

        return await AnswerPace.Of(http).SendAsync(http, large).ConfigureAwait(false);
    }

    private void Write(IBufferWriter<byte> output, long length)
    {
        Span<byte> head = output.GetSpan(MessageBody.HeadLength);
        head[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)length);
        output.Advance(MessageBody.HeadLength);
        _response.Write(output);
    }
}
