using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>Reads the request of a call that takes exactly one.</summary>
internal static class SingleRequest
{
    /// <summary>Reads the request and checks that nothing follows it.</summary>
    /// <param name="requests">The call's messages.</param>
    /// <param name="context">The call.</param>
    /// <exception cref="RpcException">The request is missing, too large, or followed by more bytes.</exception>
    public static async ValueTask<TRequest> ReadAsync<TRequest>(IAsyncStreamReader<TRequest> requests, ServerCallContext context)
        where TRequest : class
    {
        PipeReader body = context.GetHttpContext().Request.BodyReader;
        if (!await MoveNextAsync(requests, context).ConfigureAwait(false))
        {
            throw Refuse("The call ended without a message");
        }

        TRequest request = requests.Current;
        try
        {
            await ExpectEndAsync(body, context).ConfigureAwait(false);
            return request;
        }
        catch
        {
            (request as IDisposable)?.Dispose();
            throw;
        }
    }

    private static async ValueTask<bool> MoveNextAsync<TRequest>(IAsyncStreamReader<TRequest> requests, ServerCallContext context)
    {
        try
        {
            return await requests.MoveNext(context.CancellationToken).ConfigureAwait(false);
        }
        catch (RpcException fault) when (fault.StatusCode == global::Grpc.Core.StatusCode.Internal)
        {
            // The framework reports Internal for errors of the caller: an incomplete message, or an unknown compression.
            throw Refuse(fault.Status.Detail);
        }
        catch (IOException fault) when (fault is not InvalidProtocolBufferException)
        {
            // A length of 2 GiB or more; or the connection broke, and then no caller sees the status.
            throw GrpcEdge.ToException(Outcome.Fail(StatusCode.MessageTooLarge, fault.Message));
        }
    }

    private static async ValueTask ExpectEndAsync(PipeReader body, ServerCallContext context)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(context.CancellationToken).ConfigureAwait(false);
            bool isEmpty = read.Buffer.IsEmpty;
            body.AdvanceTo(read.Buffer.End);
            if (!isEmpty)
            {
                throw Refuse("More bytes came after the message of a call that takes one");
            }

            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static RpcException Refuse(string why) => GrpcEdge.ToException(Outcome.Fail(StatusCode.MalformedMessage, why));
}
