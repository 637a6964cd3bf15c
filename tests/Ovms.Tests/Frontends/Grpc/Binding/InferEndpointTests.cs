using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ovms.Frontends;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Options;
using Ovms.Serving.Lifecycle;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Frontends.Grpc.Binding;

public sealed class InferEndpointTests
{
    public static IEnumerable<Func<Exception>> Breaks() =>
    [
        () => new ConnectionAbortedException("The connection was aborted."),
        () => new ConnectionResetException("The client reset the request stream."),
        () => new OperationCanceledException(),
    ];

    [Test]
    [MethodDataSource(nameof(Breaks))]
    public async Task ConnectionThatBreaksWhileTheRequestComes_IsNoFaultOfOurs(Exception broken)
    {
        // The framework reports the break through the body before it cancels the call.
        Levels log = new();
        DefaultHttpContext call = new();
        call.Request.Protocol = HttpProtocol.Http2;
        call.Request.Method = HttpMethods.Post;
        call.Request.Path = Readers.Apis[0].Path;
        call.Request.ContentType = "application/grpc";
        Pipe pipe = new();
        await pipe.Writer.CompleteAsync(broken);
        call.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));

        await Endpoint(log)(call);

        await Assert.That(log.Written).IsEquivalentTo([LogLevel.Debug]);
        await Assert.That(call.Response.Headers["grpc-status"].ToString()).IsEqualTo("1");
    }

    private static RequestDelegate Endpoint(ILogger log)
    {
        Served served = Served.Create(ReadyRule.All, metrics: null);
        GrpcSettings settings = new() { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], ServerVersion = "1" };
        ApplicationBuilder app = new(new ServiceCollection().BuildServiceProvider());
        OpenStreams streams = new(new StreamLimits(), ArrivalTimes.Unlimited, default, default, log);
        new InferEndpoint(Readers.Apis, served.Drain.Draining, TestCalls.Of(served), settings, streams, log).Use(app);
        return app.Build();
    }

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;

    private sealed class Levels : ILogger
    {
        public ConcurrentQueue<LogLevel> Written { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue(logLevel);
    }
}
