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
/// Answers the inference calls of all APIs. Every other call is the framework's; these go around it, since its own cost per call, about
/// 4 KB of managed memory and a third of the time that a small model's call takes, is the largest between wire and engine.
/// </summary>
/// <param name="apis">The forms of inference that it takes.</param>
/// <param name="draining">Nothing is inferred any more.</param>
/// <param name="calls">Opens the calls.</param>
/// <param name="settings">What the options say.</param>
/// <param name="streams">Counts the calls that are open.</param>
/// <param name="log">Where it is told.</param>
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

    /// <summary>Takes the inference calls out of an application's pipeline.</summary>
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

    // A media type of gRPC may say after a plus what its messages are; a parameter may follow.
    private static bool IsGrpc(ReadOnlySpan<char> type) =>
        type.StartsWith(GrpcEdge.ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == GrpcEdge.ContentType.Length || type[GrpcEdge.ContentType.Length] is '+' or ';');

    // One method for all that may wait: each further one may be an object more for a call that does.
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
                // A call is counted before its message where it has to wait for that.
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
                    // Kestrel ends a call when its answer is in the connection's buffer, however long its caller takes to read it.
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
            // Order: what the share counts goes before it.
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

    // Only the message names the model, also one that breaks off behind the name and so is a failed call of that model. The first bytes of
    // a message that came packed have named it already, unless later ones name another.
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
    /// Writes a small answer and ends the call at once, which gives the infer request back: a caller who reads slowly reads from the
    /// connection's buffer. Of a large one only the outline is written here, and the call lives until it is sent: <see cref="SendAsync"/>.
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
        ? Outcome.Fail(StatusCode.MessageTooLarge, $"The answer has {length} bytes where {settings.Arguments.MaxSendMessageLength} may be sent; ask for fewer outputs or a smaller batch")
        : share.TryHoldAnswer(length);

    private static void WriteHead(IBufferWriter<byte> output, long length)
    {
        Span<byte> head = output.GetSpan(MessageBody.HeadLength);
        head[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)length);
        output.Advance(MessageBody.HeadLength);
    }

    /// <summary>Sends a large answer as its caller takes it. The tensors, and what else the call still has, go with the last piece.</summary>
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
        _log.Failed(call, $"gRPC {call.Request.Path}", subject, started, isOurs, status.Detail, isOurs && exception is not RpcException ? exception : null);
        if (call.Response.ContentType is not null)
        {
            // Some of the answer is written: the caller must not take it for the whole.
            call.Abort();
            return;
        }

        GrpcEdge.Answer(call, status);
    }
}
