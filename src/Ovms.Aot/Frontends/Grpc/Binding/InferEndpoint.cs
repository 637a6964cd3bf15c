using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;
using GrpcStatus = Grpc.Core.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// Answers the inference calls of all APIs, outside the gRPC framework, which handles all other calls. For each call the framework costs
/// about 4 KB of managed memory and a third of a small model's time. That is the largest cost between wire and engine.
/// </summary>
/// <param name="apis">The APIs whose inference calls it answers.</param>
/// <param name="draining">Cancelled when the server starts no more inferences.</param>
/// <param name="calls">Opens the calls.</param>
/// <param name="settings">The options of the front end.</param>
/// <param name="streams">Counts the open calls.</param>
/// <param name="log">Logs failed calls.</param>
internal sealed class InferEndpoint(
    InferApi[] apis, CancellationToken draining, ModelCalls calls, GrpcSettings settings, OpenStreams streams, ILogger log)
{
    private const string Done = "0";

    private readonly MessageBody _body = new(
        new MessageCoding(settings.Arguments.MaxReceiveMessageLength, settings.Memory),
        settings.Arguments.MaxReceiveMessageLength,
        settings.Arrival,
        draining);

    private readonly CallEnds _ends = new();
    private readonly CallLog _log = new(log);

    /// <summary>Handles the inference calls of a pipeline and passes on all others.</summary>
    public void Use(IApplicationBuilder app) =>
        app.Use(next => call => Find(call.Request) is { } api ? RunAsync(call, api).AsTask() : next(call));

    private InferApi? Find(HttpRequest request)
    {
        if (HttpProtocol.IsHttp2(request.Protocol) && HttpMethods.IsPost(request.Method))
        {
            foreach (InferApi api in apis)
            {
                if (request.Path.Value == api.Path)
                {
                    return api;
                }
            }
        }

        return null;
    }

    // A gRPC media type may name the message format after a plus sign; parameters may follow.
    private static bool IsGrpc(ReadOnlySpan<char> type) =>
        type.StartsWith(GrpcEdge.ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == GrpcEdge.ContentType.Length || type[GrpcEdge.ContentType.Length] is '+' or ';');

    // One method for every step that may wait: each further async method may allocate an object for a call that waits.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(HttpContext call, InferApi api)
    {
        if (!IsGrpc(call.Request.ContentType))
        {
            call.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        long started = Stopwatch.GetTimestamp();
        CallSubject subject = default;
        CallEnd end = _ends.Of(call);
        MemoryShare share = end.Share.Of(settings.Memory.For(call));
        Outcome entered = streams.Enter(call, out OpenConnection? connection);
        try
        {
            if (entered.IsOk && !OpenStreams.HasBegun(call))
            {
                // Only a call that has to wait for its message is counted before the message.
                entered = share.GrowTo(0);
                entered = entered.IsOk ? await streams.BeginAsync(call, connection, end.Token).ConfigureAwait(false) : entered;
            }

            Outcome<NativeBuffer> body = entered.IsOk ? await _body.ReadAsync(call, end, api.Open, api.Bound, share, end.Token).ConfigureAwait(false) : entered;
            Outcome<InferMessage> read = body.IsOk ? Read(api, body.Value, share, out subject) : body.WithoutValue;
            Outcome answered = Open(end, api, subject, read);
            subject = subject.Model is null && end.Model is { } named ? named.Subject : subject;
            if (answered.IsOk && end.Model is { } opened)
            {
                answered = await RunAsync(opened, read.Value!, end).ConfigureAwait(false);
                GatheredBytes? large = null;
                answered = answered.IsOk ? Write(call, api, opened, share, out large) : answered;
                if (large is not null)
                {
                    answered = await SendAsync(call, opened, large).ConfigureAwait(false);
                }
                else if (answered.IsOk && share.Answer > AnswerPace.UnflushedLimit)
                {
                    // Kestrel ends a call once its response is buffered, however slowly the caller reads: so wait for the caller.
                    answered = await AnswerPace.Of(call).FlushAsync(call).ConfigureAwait(false);
                }

                opened.Answered(answered);
            }

            if (!answered.IsOk)
            {
                Refuse(call, subject, started, GrpcEdge.ToStatus(answered.Code == StatusCode.Cancelled ? end.Reason : answered), null);
            }
        }
        catch (OperationCanceledException)
        {
            // The deadline; or the connection broke, which the framework tells by such an exception before it cancels the call.
            end.Model?.Answered(Outcome.Fail(StatusCode.Cancelled));
            Refuse(call, subject, started, GrpcEdge.ToStatus(end.Reason), null);
        }
        catch (Exception exception)
        {
            Refuse(call, subject, started, GrpcEdge.StatusOf(exception, end.Token.IsCancellationRequested), exception);
        }
        finally
        {
            // Order: the share counts the model call's memory, so it is disposed after it.
            end.SetModel(null);
            share.Dispose();
            end.Dispose();
            streams.Leave(connection);
        }
    }

    private static Outcome<InferMessage> Read(InferApi api, NativeBuffer body, MemoryShare share, out CallSubject head)
    {
        long received = Stopwatch.GetTimestamp();
        Outcome<InferMessage> read = api.Read(body, out head);
        if (read.IsOk)
        {
            read.Value.Received = received;
            read.Value.AnswerRoom = share.AnswerRoom;
        }

        return read;
    }

    // Only the message names the model. If the message breaks off behind the name, it is a failed call of that model. The first bytes of a
    // compressed message have already opened the model, unless later bytes name another one.
    private Outcome Open(CallEnd end, InferApi api, CallSubject head, Outcome<InferMessage> read)
    {
        if ((string.IsNullOrEmpty(head.Model) && !read.IsOk) || end.Model?.Subject == head with { Id = null })
        {
            return read.WithoutValue;
        }

        Outcome<ModelCall> opened = calls.Open(api.Origin, head.Model, head.Version);
        end.SetModel(opened.Value);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        if (!opened.IsOk)
        {
            read.Value.Dispose();
        }

        return opened.WithoutValue;
    }

    private static ValueTask<Outcome> RunAsync(ModelCall call, InferMessage message, CallEnd end)
    {
        ValueTask<Outcome> running = call.RunAsync(message, end.Token);
        if (!running.IsCompleted)
        {
            end.Waits();
        }

        return running;
    }

    /// <summary>
    /// Writes a small response and ends the inference at once, which returns the infer request: a slow caller reads from the connection's
    /// buffer. Of a large response only the outline is written; the call lives until <see cref="SendAsync"/> has sent it.
    /// </summary>
    private Outcome Write(HttpContext http, InferApi api, ModelCall call, MemoryShare share, out GatheredBytes? large)
    {
        large = null;
        bool isWritten = false;
        try
        {
            using InferAnswer answer = api.Measure(call);
            Outcome room = Admit(answer.Length, share);
            if (!room.IsOk)
            {
                return room;
            }

            IBufferWriter<byte> output = http.Response.BodyWriter;
            if (answer.Length > AnswerPace.AtOnce)
            {
                int length = (int)Math.Min(MessageBody.HeadLength + answer.Length, NativeBuffer.MaxLength);
                output = large = new GatheredBytes(copies: call.Detach() ? 0 : length);
            }

            WriteHead(output, answer.Length);
            answer.Write(output);
            http.Response.ContentType = GrpcEdge.ContentType;
            http.Response.AppendTrailer(GrpcEdge.StatusHeader, Done);
            isWritten = true;
            return Outcome.Ok;
        }
        finally
        {
            if (!isWritten)
            {
                large?.Dispose();
                large = null;
            }

            if (large is null)
            {
                call.EndInference();
            }
        }
    }

    private Outcome Admit(long length, MemoryShare share) => length > settings.Arguments.MaxSendMessageLength
        ? Outcome.Fail(
            StatusCode.MessageTooLarge,
            $"The answer has {length} bytes where {settings.Arguments.MaxSendMessageLength} may be sent; "
            + "ask for fewer outputs or a smaller batch")
        : share.TryHoldAnswer(length);

    private static void WriteHead(IBufferWriter<byte> output, long length)
    {
        Span<byte> head = output.GetSpan(MessageBody.HeadLength);
        head[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)length);
        output.Advance(MessageBody.HeadLength);
    }

    /// <summary>
    /// Sends a large response as fast as its caller reads. The last piece frees the tensors and whatever else the call holds.
    /// </summary>
    private static async ValueTask<Outcome> SendAsync(HttpContext http, ModelCall call, GatheredBytes large)
    {
        using (large)
        {
            if (large.HasCopies)
            {
                call.EndInference();
            }

            return await AnswerPace.Of(http).SendAsync(http, large).ConfigureAwait(false);
        }
    }

    private void Refuse(HttpContext call, CallSubject subject, long started, GrpcStatus status, Exception? exception)
    {
        bool isOurs = GrpcEdge.IsOurs(status, exception);
        Exception? thrown = isOurs && exception is not RpcException ? exception : null;
        _log.Failed(call, $"gRPC {call.Request.Path}", subject, started, isOurs, status.Detail, thrown);
        if (call.Response.ContentType is not null)
        {
            // Part of the response is written: abort, or the caller could take it for complete.
            call.Abort();
            return;
        }

        GrpcEdge.Answer(call, status);
    }
}
