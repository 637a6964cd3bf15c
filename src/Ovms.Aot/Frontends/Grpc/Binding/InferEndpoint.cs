using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;
using GrpcStatus = Grpc.Core.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// Answers the inference calls of all APIs, outside the gRPC framework, which handles all other calls. For each call the framework costs
/// about 4 KB of managed memory and a third of a small model's time. That is the largest cost between wire and engine.
/// </summary>
internal sealed class InferEndpoint
{
    private const string Done = "0";

    private readonly InferApi[] _apis;
    private readonly GrpcSettings _settings;
    private readonly OpenStreams _streams;
    private readonly MessageBody _body;
    private readonly Recycled<GrpcCall> _calls;
    private readonly ModelOpening _opening;
    private readonly Func<GrpcCall, NativeBuffer, bool> _tryOpen;
    private readonly Func<GrpcCall, NativeBuffer, long?> _limitUnpacked;
    private readonly CallLog _log;

    /// <summary>Starts with an empty pool of calls.</summary>
    /// <param name="apis">The APIs whose inference calls it answers.</param>
    /// <param name="registry">What is served.</param>
    /// <param name="draining">Cancelled when the server starts no more inferences.</param>
    /// <param name="calls">Opens the models of the calls.</param>
    /// <param name="settings">The options of the front end.</param>
    /// <param name="streams">Counts the open calls.</param>
    /// <param name="log">Logs failed calls.</param>
    public InferEndpoint(
        InferApi[] apis, ServableRegistry registry, CancellationToken draining, ModelCalls calls, GrpcSettings settings,
        OpenStreams streams, ILogger log)
    {
        (_apis, _settings, _streams) = (apis, settings, streams);
        int longest = settings.Arguments.MaxReceiveMessageLength;
        _body = new MessageBody(new MessageCoding(longest, settings.Memory), longest, settings.Arrival, draining);
        WaitingCalls waiting = new();
        _calls = new Recycled<GrpcCall>(home => new GrpcCall(home, waiting));
        _opening = new ModelOpening(calls);
        _tryOpen = _opening.TryOpen;
        _limitUnpacked = new UnpackedLimit(_opening, registry).Find;
        _log = new CallLog(log);
    }

    /// <summary>Handles the inference calls of a pipeline and passes on all others.</summary>
    public void Use(IApplicationBuilder app) =>
        app.Use(next => http => Find(http.Request) is { } api ? RunAsync(http, api).AsTask() : next(http));

    private InferApi? Find(HttpRequest request)
    {
        if (HttpProtocol.IsHttp2(request.Protocol) && HttpMethods.IsPost(request.Method))
        {
            foreach (InferApi api in _apis)
            {
                if (request.Path.Value == api.Path)
                {
                    return api;
                }
            }
        }

        return null;
    }

    // One method for every step that may wait: each further async method may allocate an object for a call that waits.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(HttpContext http, InferApi api)
    {
        if (!GrpcEdge.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        long started = Stopwatch.GetTimestamp();
        CallSubject subject = default;
        OpenConnection? connection = null;
        GrpcCall call = _calls.Rent();
        CallEnd end = call.End;
        try
        {
            call.Begin(http, api, _settings.Memory.For(http));
            Outcome entered = _streams.Enter(http, out connection);
            if (entered.IsOk && !OpenStreams.HasBegun(http))
            {
                // Only a call that has to wait for its message is counted before the message.
                entered = call.Share.GrowTo(0);
                entered = entered.IsOk ? await _streams.BeginAsync(http, connection, end.Token).ConfigureAwait(false) : entered;
            }

            Outcome<NativeBuffer> body = entered.IsOk
                ? await _body.ReadAsync(http, call, _tryOpen, _limitUnpacked, call.Share, end.Token).ConfigureAwait(false)
                : entered;
            Outcome<InferMessage> read = body.IsOk ? Read(call, body.Value, out subject) : body.WithoutValue;
            Outcome answered = _opening.Open(call, subject, read);
            subject = subject.Model is null && call.Model is { } named ? named.Subject : subject;
            if (answered.IsOk && call.Model is { } model)
            {
                answered = await ComputeAsync(model, read.Value!, end).ConfigureAwait(false);
                GatheredBytes? large = null;
                answered = answered.IsOk ? Write(http, api, model, call.Share, out large) : answered;
                if (large is not null)
                {
                    answered = await SendAsync(http, model, large).ConfigureAwait(false);
                }
                else if (answered.IsOk && call.Share.Answer > AnswerPace.UnflushedLimit)
                {
                    // Kestrel ends a call once its response is buffered, however slowly the caller reads: so wait for the caller.
                    answered = await AnswerPace.Of(http).FlushAsync(http).ConfigureAwait(false);
                }

                model.Answered(answered);
            }

            if (!answered.IsOk)
            {
                Refuse(http, subject, started, GrpcEdge.ToStatus(answered.Code == StatusCode.Cancelled ? end.Reason : answered), null);
            }
        }
        catch (OperationCanceledException)
        {
            // The deadline; or the connection broke, which the framework reports by such an exception before it cancels the call.
            call.Model?.Answered(Outcome.Fail(StatusCode.Cancelled));
            Refuse(http, subject, started, GrpcEdge.ToStatus(end.Reason), null);
        }
        catch (Exception exception)
        {
            Refuse(http, subject, started, GrpcEdge.StatusOf(exception, end.Token.IsCancellationRequested), exception);
        }
        finally
        {
            call.Dispose();
            _streams.Leave(connection);
        }
    }

    private static Outcome<InferMessage> Read(GrpcCall call, NativeBuffer body, out CallSubject head)
    {
        long received = Stopwatch.GetTimestamp();
        Outcome<InferMessage> read = call.Api.Read(body, out head);
        if (read.IsOk)
        {
            read.Value.Received = received;
            read.Value.AnswerRoom = call.Share.AnswerRoom;
        }

        return read;
    }

    private static ValueTask<Outcome> ComputeAsync(ModelCall model, InferMessage message, CallEnd end)
    {
        ValueTask<Outcome> running = model.RunAsync(message, end.Token);
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

            // Order: from the first byte on a fault must abort the response (see Refuse).
            http.Response.ContentType = GrpcEdge.ContentType;
            WriteHead(output, answer.Length);
            answer.Write(output);
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

    private Outcome Admit(long length, MemoryShare share) => length > _settings.Arguments.MaxSendMessageLength
        ? Outcome.Fail(
            StatusCode.MessageTooLarge,
            $"The answer has {length} bytes where {_settings.Arguments.MaxSendMessageLength} may be sent; "
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

    private void Refuse(HttpContext http, CallSubject subject, long started, GrpcStatus status, Exception? exception)
    {
        bool isOurs = GrpcEdge.IsOurs(status, exception);
        Exception? thrown = isOurs && exception is not RpcException ? exception : null;
        _log.Failed(http, $"gRPC {http.Request.Path}", subject, started, isOurs, status.Detail, thrown);
        if (http.Response.ContentType is not null)
        {
            // Part of the response is written: abort, or the caller could take it for complete.
            http.Abort();
            return;
        }

        GrpcEdge.Answer(http, status);
    }
}
