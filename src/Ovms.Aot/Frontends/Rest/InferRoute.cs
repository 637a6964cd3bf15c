using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Ovms.Frontends.Rest.Body;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Ovms.Frontends.Rest;

/// <summary>
/// Handles one inference: opens the call, reads, runs and writes it. OpenVINO's memory is returned before the first byte waits for the
/// network.
/// </summary>
internal sealed class InferRoute(InferForm form, ModelCalls calls, RestSettings settings, CancellationToken draining)
{
    /// <summary>The header for the length of the JSON where tensors follow it, in requests and responses.</summary>
    public const string LengthHeader = "Inference-Header-Content-Length";

    // Kestrel's text for a connection that ends inside a body; it has no public code for it, and cancels RequestAborted only afterwards.
    private const string BodyBrokeOff = "Unexpected end of request content.";

    private readonly Recycled<MemoryShare> _shares = new(static home => new MemoryShare(home));

    /// <summary>Handles one inference.</summary>
    public async Task InferAsync(HttpContext context, RestTarget target)
    {
        // Order: the share counts the call's memory, so it is disposed after the call.
        using MemoryShare share = _shares.Rent().Of(settings.Memory.For(context));

        // A caller that names an unknown model learns so before its body is read. The model leased here answers, even if another one is
        // published while the body arrives.
        Outcome<ModelCall> opened = calls.Open(form.Origin, target.Model, target.Version);
        if (!opened.IsOk)
        {
            await RestReply.ErrorAsync(context, opened.WithoutValue).ConfigureAwait(false);
            return;
        }

        using ModelCall call = opened.Value;
        try
        {
            await RunAsync(context, call, share).ConfigureAwait(false);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested
            || exception is OperationCanceledException or ConnectionResetException or BadHttpRequestException { Message: BodyBrokeOff })
        {
            // The caller has disconnected. The front end handles the exception.
            call.Answered(Outcome.Fail(StatusCode.Cancelled));
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(HttpContext context, ModelCall call, MemoryShare share)
    {
        CancellationToken gone = context.RequestAborted;
        BodyBounds bounds = new(settings.MaxBodyBytes, share, settings.Arrival, draining);
        Outcome<InferDocument> read = await form.ReadAsync(context.Request, NewMessage(), SignatureOf(call.Servable), bounds, gone)
            .ConfigureAwait(false);
        if (!read.IsOk)
        {
            if (read.Code == StatusCode.RestUnsupportedEncoding)
            {
                context.Response.Headers.AcceptEncoding = RequestCoding.Supported;
            }

            call.EndInference();
            call.Answered(read.WithoutValue);
            await RestReply.ErrorAsync(context, read.WithoutValue).ConfigureAwait(false);
            return;
        }

        read.Value.Message.AnswerRoom = share.AnswerRoom;
        Outcome run = await call.RunAsync(read.Value.Message, gone).ConfigureAwait(false);
        if (gone.IsCancellationRequested)
        {
            call.Answered(Outcome.Fail(StatusCode.Cancelled));
            RestReply.Gone(context, call.Subject);
            return;
        }

        if (!run.IsOk)
        {
            await RestReply.ErrorAsync(context, run, call.Subject).ConfigureAwait(false);
            return;
        }

        (Outcome written, NativeBuffer answer, int? jsonLength) = Write(read.Value, call, share);
        using (answer)
        {
            if (!written.IsOk)
            {
                call.Answered(written);
                await RestReply.ErrorAsync(context, written, call.Subject).ConfigureAwait(false);
                return;
            }

            // A caller that has its answer finds the call counted. Only a large answer can break off: that is known when it was sent.
            if (answer.Length <= AnswerPace.UnflushedLimit)
            {
                call.Answered(Outcome.Ok);
            }

            Outcome sent = await SendAsync(context, answer, jsonLength).ConfigureAwait(false);
            call.Answered(sent.IsOk && gone.IsCancellationRequested ? Outcome.Fail(StatusCode.Cancelled) : sent);
        }
    }

    private InferMessage NewMessage()
    {
        InferMessage message = calls.Messages.Rent();
        message.Origin = form.Origin;
        return message;
    }

    // What requests leave out is as the model was loaded; but the batch size can be derived from a body's length.
    private static Signature SignatureOf(Servable servable) =>
        servable.Variants is { IsBatch: true } ? servable.Accepted : servable.Signature;

    // The inference ends here, before anything is sent.
    private (Outcome Written, NativeBuffer Answer, int? JsonLength) Write(InferDocument document, ModelCall call, MemoryShare share)
    {
        NativeBuffer? answer = null;
        try
        {
            int length = form.EstimateLength(document, call);
            Outcome written = share.TryHoldAnswer(length);
            answer = new NativeBuffer(written.IsOk ? length : 0);
            int? jsonLength = null;
            written = written.IsOk ? form.Write(answer, document, call, out jsonLength) : written;

            // Numbers may be longer as text than estimated, and the estimate leaves out strings.
            written = written.IsOk ? share.TryHoldAnswer(answer.Length) : written;
            return (written, answer, jsonLength);
        }
        catch (InsufficientMemoryException)
        {
            // Order: what was written so far is freed first; the refusal needs an answer of its own.
            answer?.Dispose();
            return (TooLarge(), new NativeBuffer(0), null);
        }
        catch
        {
            answer?.Dispose();
            throw;
        }
        finally
        {
            call.EndInference();
        }
    }

    private static Outcome TooLarge() => Outcome.Fail(
        StatusCode.AnswerTooLarge,
        $"The answer has more than {NativeBuffer.MaxLength} bytes, the most that REST sends; ask for fewer outputs, a smaller batch, "
        + "or binary outputs in place of JSON");

    private static async ValueTask<Outcome> SendAsync(HttpContext context, NativeBuffer answer, int? jsonLength)
    {
        if (jsonLength is { } length)
        {
            context.Response.Headers[LengthHeader] = length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (AnswerCoding.Choose(context.Request.Headers.AcceptEncoding, answer.Length) is { } coding)
        {
            context.Response.Headers.ContentEncoding = coding;
            using NativeBuffer packed = AnswerCoding.Compress(answer, coding);
            return await RestReply.JsonAsync(context, packed).ConfigureAwait(false);
        }

        return await RestReply.JsonAsync(context, answer).ConfigureAwait(false);
    }
}
