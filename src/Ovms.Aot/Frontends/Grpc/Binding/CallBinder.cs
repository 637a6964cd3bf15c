using System.Diagnostics;
using Grpc.Core;
using Ovms.Frontends.Grpc.Transport;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>Binds every service of this server so that errors get the right status.</summary>
/// <remarks>
/// A unary call is bound as a stream that must hold exactly one request: on the wire they are the same. The framework reads a unary
/// request before the handler starts. Invalid protobuf would then get UNKNOWN, and extra bytes after the request would be ignored. For a
/// stream, <see cref="SingleRequest"/> reads the request, and owns it until the handler takes it.
/// </remarks>
/// <param name="definition">Receives the bound calls.</param>
/// <param name="log">Logs calls that fail.</param>
/// <param name="stopping">Cancelled when the ports close; ends streams that callers hold open.</param>
internal sealed class CallBinder(ServerServiceDefinition.Builder definition, ILogger log, CancellationToken stopping) : ServiceBinderBase
{
    private readonly CallLog _calls = new(log);

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
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
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
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
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
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
        RpcException told = exception as RpcException
            ?? new RpcException(GrpcEdge.StatusOf(exception, context.CancellationToken.IsCancellationRequested));
        bool isOurs = GrpcEdge.IsOurs(told.Status, exception);
        Exception? thrown = isOurs && exception != told ? exception : null;
        _calls.Failed(context.GetHttpContext(), $"gRPC {context.Method}", default, started, isOurs, told.Status.Detail, thrown);
        return told;
    }
}
