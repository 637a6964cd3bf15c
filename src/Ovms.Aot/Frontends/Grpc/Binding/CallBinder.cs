using System.Diagnostics;
using Grpc.Core;
using Ovms.Frontends.Grpc.Transport;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// Binds every service of this server so that faults get their true status.
/// </summary>
/// <remarks>
/// A call with one request is bound as a stream of requests that must hold exactly one: on the wire they are the same. The framework
/// reads a lone request before the handler starts: bytes that are no protobuf would answer UNKNOWN, and a request that was read when
/// the caller sends more bytes would be answered all the same. Read as a stream, all of that happens inside <see cref="SingleRequest"/>,
/// which owns what was read until the handler takes it.
/// </remarks>
/// <param name="definition">Receives the calls.</param>
/// <param name="log">Told of calls that fail.</param>
/// <param name="stopping">The ports close: streams that callers hold open end.</param>
internal sealed class CallBinder(ServerServiceDefinition.Builder definition, ILogger log, CancellationToken stopping) : ServiceBinderBase
{
    private readonly CallLog _calls = new(log);

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        definition.AddMethod(As(MethodType.ClientStreaming, method), async (requests, context) =>
        {
            long started = Stopwatch.GetTimestamp();
            try
            {
                TRequest request = await SingleRequest.ReadAsync(requests, context).ConfigureAwait(false);
                return await handler!(request, context).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                throw Ended(exception, context, started);
            }
        });

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        definition.AddMethod(As(MethodType.DuplexStreaming, method), async (requests, responses, context) =>
        {
            long started = Stopwatch.GetTimestamp();
            try
            {
                TRequest request = await SingleRequest.ReadAsync(requests, context).ConfigureAwait(false);
                await handler!(request, responses, context).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                throw Ended(exception, context, started);
            }
        });

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        definition.AddMethod(method, async (requests, responses, context) =>
        {
            long started = Stopwatch.GetTimestamp();
            try
            {
                await handler!(new StoppableRequests<TRequest>(requests, stopping), responses, context).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                throw Ended(exception, context, started);
            }
        });

    private static Method<TRequest, TResponse> As<TRequest, TResponse>(MethodType type, Method<TRequest, TResponse> method) =>
        new(type, method.ServiceName, method.Name, method.RequestMarshaller, method.ResponseMarshaller);

    private RpcException Ended(Exception exception, ServerCallContext context, long started)
    {
        RpcException told = exception as RpcException ?? new RpcException(GrpcEdge.StatusOf(exception, context.CancellationToken.IsCancellationRequested));
        bool isOurs = GrpcEdge.IsOurs(told.Status, exception);
        _calls.Failed(context.GetHttpContext(), $"gRPC {context.Method}", default, started, isOurs, told.Status.Detail, isOurs && exception != told ? exception : null);
        return told;
    }
}
