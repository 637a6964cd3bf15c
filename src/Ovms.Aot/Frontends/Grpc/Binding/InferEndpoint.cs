using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;
using GrpcStatus = Grpc.Core.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// Answers the inference calls of all APIs. Every other call is the framework's; these go around it, since its own cost per call, about
/// 4 KB of managed memory and a third of the time that a small model's call takes, is the largest between wire and engine.
/// </summary>
internal sealed class InferEndpoint(
    ServableRegistry registry, Drain drain, InferenceCall inference, GrpcSettings settings, OpenStreams streams, ILogger log)
{
    private const string Done = "0";

    // A shorter answer is sent with the end of the call, without a flush of its own.
    private const int UnflushedLimit = 64 << 10;

    private readonly MessageBody _body = new(
        new MessageCoding(settings.Arguments.MaxReceiveMessageLength, settings.Memory, new PackedBound(registry)),
        settings.Arguments.MaxReceiveMessageLength,
        settings.Arrival,
        drain.Draining);

    private readonly CallLog _calls = new(log);

    /// <summary>Takes the inference calls out of an application's pipeline.</summary>
    public void Use(IApplicationBuilder app) =>
        app.Use(next => call => Find(call.Request) is { } api ? RunAsync(call, api).AsTask() : next(call));

    private static InferApi? Find(HttpRequest request)
    {
        if (HttpProtocol.IsHttp2(request.Protocol) && HttpMethods.IsPost(request.Method))
        {
            foreach (InferApi api in InferApi.All)
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
        CallEnd end = CallEnd.Of(call);
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

            Outcome<NativeBuffer> body = entered.IsOk ? await _body.ReadAsync(call, api, share, end.Token).ConfigureAwait(false) : entered;
            Outcome<InferMessage> read = body.IsOk ? Read(api, body.Value, share) : body.WithoutValue;
            Outcome answered = read.WithoutValue;
            if (read.IsOk)
            {
                (string model, string version, string? id) = (read.Value.ModelName, read.Value.ModelVersion, read.Value.Id);
                Outcome<InferResult> result = await InferAsync(read.Value, end).ConfigureAwait(false);
                answered = result.WithoutValue;
                if (result.IsOk)
                {
                    drain.Answers.Begin();
                    try
                    {
                        answered = Write(call, api, result.Value, share, out GatheredBytes? large);
                        if (large is not null)
                        {
                            answered = await SendAsync(call, result.Value, large).ConfigureAwait(false);
                        }
                        else if (answered.IsOk && share.Answer > UnflushedLimit)
                        {
                            // Kestrel ends a call when its answer is in the connection's buffer, however long its caller takes to read it.
                            answered = await AnswerPace.Of(call).FlushAsync(call).ConfigureAwait(false);
                        }
                    }
                    finally
                    {
                        drain.Answers.End();
                    }
                }
                else
                {
                    CallSubject.Keep(call, model, version, id);
                }
            }

            if (!answered.IsOk)
            {
                Refuse(call, started, GrpcEdge.ToStatus(answered.Code == StatusCode.Cancelled ? end.Reason : answered), null);
            }
        }
        catch (OperationCanceledException)
        {
            // The deadline; or the connection broke, which the framework tells by such an exception before it cancels the call.
            Refuse(call, started, GrpcEdge.ToStatus(end.Reason), null);
        }
        catch (Exception exception)
        {
            Refuse(call, started, GrpcEdge.StatusOf(exception, end.Token.IsCancellationRequested), exception);
        }
        finally
        {
            share.Dispose();
            end.Dispose();
            streams.Leave(connection);
        }
    }

    private static Outcome<InferMessage> Read(InferApi api, NativeBuffer body, MemoryShare share)
    {
        long received = Stopwatch.GetTimestamp();
        Outcome<InferMessage> read = api.Read(body, out _);
        if (read.IsOk)
        {
            read.Value.Received = received;
            read.Value.AnswerRoom = share.AnswerRoom;
        }

        return read;
    }

    private ValueTask<Outcome<InferResult>> InferAsync(InferMessage message, CallEnd end)
    {
        ValueTask<Outcome<InferResult>> inferring = inference.RunAsync(message, end.Token);
        if (!inferring.IsCompleted)
        {
            end.Waits();
        }

        return inferring;
    }

    /// <summary>
    /// Writes a small answer and gives the infer request back at once: a caller who reads slowly reads from the connection's buffer. Of a
    /// large one only the outline is written here; it and the result are for <see cref="SendAsync"/> then.
    /// </summary>
    private Outcome Write(HttpContext call, InferApi api, InferResult result, MemoryShare share, out GatheredBytes? large)
    {
        large = null;
        InferMessage message = result.Message;
        bool isWritten = false;
        try
        {
            using InferAnswer answer = api.Measure(result);
            Outcome room = Admit(answer.Length, share);
            if (!room.IsOk)
            {
                return room;
            }

            IBufferWriter<byte> output = call.Response.BodyWriter;
            if (answer.Length > AnswerPace.AtOnce)
            {
                int length = (int)Math.Min(MessageBody.HeadLength + answer.Length, NativeBuffer.MaxLength);
                output = large = new GatheredBytes(copies: result.Detach() ? 0 : length);
            }

            WriteHead(output, answer.Length);
            answer.Write(output);
            call.Response.ContentType = GrpcEdge.ContentType;
            call.Response.AppendTrailer(GrpcEdge.StatusHeader, Done);
            isWritten = true;
            return Outcome.Ok;
        }
        finally
        {
            if (!isWritten)
            {
                CallSubject.Keep(call, message.ModelName, message.ModelVersion, message.Id);
                result.Refuse();
                large?.Dispose();
                large = null;
            }

            if (large is null)
            {
                result.Dispose();
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

    /// <summary>Sends a large answer as its caller takes it. The tensors, and what else the result still has, go with the last piece.</summary>
    private static async ValueTask<Outcome> SendAsync(HttpContext call, InferResult result, GatheredBytes large)
    {
        using (result)
        using (large)
        {
            if (large.HasCopies)
            {
                result.Dispose();
            }

            return await AnswerPace.Of(call).SendAsync(call, large).ConfigureAwait(false);
        }
    }

    private void Refuse(HttpContext call, long started, GrpcStatus status, Exception? exception)
    {
        bool isOurs = GrpcEdge.IsOurs(status, exception);
        _calls.Failed(call, $"gRPC {call.Request.Path}", started, isOurs, status.Detail, isOurs && exception is not RpcException ? exception : null);
        if (call.Response.ContentType is not null)
        {
            // Some of the answer is written: the caller must not take it for the whole.
            call.Abort();
            return;
        }

        GrpcEdge.Answer(call, status);
    }
}
