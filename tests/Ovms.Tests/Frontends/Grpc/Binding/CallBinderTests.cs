using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Status;
using CallStatus = Grpc.Core.Status;
using CallStatusCode = Grpc.Core.StatusCode;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Tests.Frontends.Grpc.Binding;

/// <summary>A parsed request is never leaked, and an exception of a handler becomes the right status.</summary>
public sealed class CallBinderTests
{
    [Test]
    public async Task RequestTheHandlerTakes_IsTheHandlersToDispose()
    {
        TrackedService service = new((_, _) => Task.FromResult("done"));
        await using GrpcServer server = await service.StartAsync();
        await server.CallAsync("test.Tracked", "Call", [1]);
        await Assert.That((service.Made, service.Disposed)).IsEqualTo((1, 0));
    }

    [Test]
    public async Task RequestFollowedByMore_IsDisposed()
    {
        TrackedService service = new((_, _) => Task.FromResult("done"));
        await using GrpcServer server = await service.StartAsync();
        CallStatus refused = await Refusals.Of(() => server.CallWithAsync("test.Tracked", "Call", [1], [2]));
        await Assert.That(refused.StatusCode).IsEqualTo(CallStatusCode.InvalidArgument);
        await Assert.That((service.Made, service.Disposed)).IsEqualTo((1, 1));
    }

    [Test]
    public async Task RequestWhoseStreamStaysOpenPastTheDeadline_IsDisposed()
    {
        TrackedService service = new((_, _) => Task.FromResult("done"));
        await using GrpcServer server = await service.StartAsync();

        // The first call of a process may take long; this one's message must arrive before its deadline.
        await server.CallWithAsync("test.Tracked", "Call", [1]);
        using AsyncClientStreamingCall<byte[], byte[]> call = server.Stream("test.Tracked", "Call", DateTime.UtcNow.AddSeconds(3));
        await call.RequestStream.WriteAsync([1]);

        await Assert.That((await Refusals.Of(async () => await call)).StatusCode).IsEqualTo(CallStatusCode.DeadlineExceeded);
        await Assert.That(await Refusals.Eventually(() => (service.Made, service.Disposed) == (2, 1))).IsTrue();
    }

    [Test]
    public async Task RequestOfACallerThatGoesAwayBeforeItsEnd_IsDisposed()
    {
        TrackedService service = new((_, _) => Task.FromResult("done"));
        await using GrpcServer server = await service.StartAsync();
        using (AsyncClientStreamingCall<byte[], byte[]> call = server.Stream("test.Tracked", "Call"))
        {
            await call.RequestStream.WriteAsync([1]);
            await Assert.That(await Refusals.Eventually(() => service.Made == 1)).IsTrue();
        }

        await Assert.That(await Refusals.Eventually(() => service.Disposed == 1)).IsTrue();
    }

    [Test]
    public async Task ExceptionsOfTheHandler_GetTheirStatus()
    {
        await Assert.That(await ThrowingAsync(new InvalidOperationException("the engine is gone"))).IsEqualTo((CallStatusCode.Internal, "Internal server error - the engine is gone"));
        await Assert.That(await ThrowingAsync(new OvmsException(StatusCode.QueueFull))).IsEqualTo((CallStatusCode.ResourceExhausted, "Too many requests are waiting for inference"));
        await Assert.That((await ThrowingAsync(new OutOfMemoryException())).Code).IsEqualTo(CallStatusCode.ResourceExhausted);
        await Assert.That(await ThrowingAsync(new RpcException(new CallStatus(CallStatusCode.Aborted, "as thrown")))).IsEqualTo((CallStatusCode.Aborted, "as thrown"));
    }

    private static async Task<(CallStatusCode Code, string Text)> ThrowingAsync(Exception exception)
    {
        await using GrpcServer server = await new TrackedService((_, _) => throw exception).StartAsync();
        CallStatus status = await Refusals.Of(() => server.CallAsync("test.Tracked", "Call", [1]));
        return (status.StatusCode, status.Detail);
    }

    private sealed class TrackedService(UnaryServerMethod<TrackedService.Tracked, string> handler)
    {
        private int _made;
        private int _disposed;

        public int Made => Volatile.Read(ref _made);

        public int Disposed => Volatile.Read(ref _disposed);

        public Task<GrpcServer> StartAsync() => GrpcServer.StartAsync(
            new GrpcSettings { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], ServerVersion = "1" }, [], app =>
            {
                Marshaller<Tracked> requests = Marshallers.Create<Tracked>(static (_, _) => { }, _ => new Tracked(this));
                Marshaller<string> responses = Marshallers.Create(static text => System.Text.Encoding.UTF8.GetBytes(text), static _ => "");
                ServerServiceDefinition.Builder definition = ServerServiceDefinition.CreateBuilder();
                new CallBinder(definition, NullLogger.Instance, default).AddMethod(new Method<Tracked, string>(MethodType.Unary, "test.Tracked", "Call", requests, responses), handler);
                app.MapGrpcService(definition.Build());
            });

        internal sealed class Tracked : IDisposable
        {
            private readonly TrackedService _service;

            public Tracked(TrackedService service)
            {
                _service = service;
                Interlocked.Increment(ref service._made);
            }

            public void Dispose() => Interlocked.Increment(ref _service._disposed);
        }
    }
}
