using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ovms.Frontends;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Options;
using Ovms.Serving;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Tests.Inference;
using Ovms.Tests.Serving;

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

    // The message has named its model; the rest of it comes when the model's successor is published and the model retires.
    [Test]
    public async Task ModelThatTheMessageNamed_Answers_ThoughANewerTableIsPublishedBeforeTheRestComes()
    {
        Served served = Served.Create(ReadyRule.All, metrics: null);
        Servable named = DummyServable.Make(version: 1);
        served.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Available, named)])]));
        byte[] message = InferRequests.Dummy().ToByteArray();
        byte[] frame = [0, 0, 0, 0, (byte)message.Length, .. message];
        Pipe pipe = new();
        await pipe.Writer.WriteAsync(frame.AsMemory(0, frame.Length - 10));
        DefaultHttpContext call = new();
        call.Request.Protocol = HttpProtocol.Http2;
        call.Request.Method = HttpMethods.Post;
        call.Request.Path = Readers.Apis[0].Path;
        call.Request.ContentType = "application/grpc";
        call.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        call.Features.Set<IHttpResponseTrailersFeature>(new Trailers());
        using MemoryStream response = new();
        call.Response.Body = response;

        // What is there was read when the call comes back to wait.
        Task answering = Endpoint(new Levels(), served)(call);
        await Assert.That(answering.IsCompleted).IsFalse();
        Servable next = DummyServable.Make(version: 2);
        served.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(2, ServableState.Available, next)])]));
        named.Retire();
        await pipe.Writer.WriteAsync(frame.AsMemory(frame.Length - 10));
        await pipe.Writer.CompleteAsync();
        await answering;
        await call.Response.BodyWriter.FlushAsync();

        await Assert.That(ModelInferResponse.Parser.ParseFrom(response.ToArray().AsSpan(5)).ModelVersion).IsEqualTo("1");
        await named.Drained.WaitAsync(TimeSpan.FromSeconds(30));
        next.Retire();
        await next.Drained;
    }

    private static RequestDelegate Endpoint(ILogger log, Served? serves = null)
    {
        Served served = serves ?? Served.Create(ReadyRule.All, metrics: null);
        GrpcSettings settings = new() { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], ServerVersion = "1" };
        ApplicationBuilder app = new(new ServiceCollection().BuildServiceProvider());
        OpenStreams streams = new(new StreamLimits(), ArrivalTimes.Unlimited, default, default, log);
        ModelCalls calls = TestCalls.Of(served);
        InferApi[] apis = [KServeBinding.Infer(calls, new PackedBound(calls, served.Registry))];
        new InferEndpoint(apis, served.Drain.Draining, calls, settings, streams, log).Use(app);
        return app.Build();
    }

    private sealed class Trailers : IHttpResponseTrailersFeature
    {
        IHeaderDictionary IHttpResponseTrailersFeature.Trailers { get; set; } = new HeaderDictionary();
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
