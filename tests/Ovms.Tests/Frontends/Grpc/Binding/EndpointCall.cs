using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ovms.Frontends;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Serving.Lifecycle;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Frontends.Grpc.Binding;

/// <summary>One inference call to the gRPC endpoint whose message arrives in pieces, without a connection.</summary>
internal sealed class EndpointCall : IAsyncDisposable
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly MemoryStream _response = new();
    private readonly RequestDelegate _endpoint;

    /// <summary>Prepares the call.</summary>
    /// <param name="served">What is served.</param>
    /// <param name="log">The endpoint's log.</param>
    /// <param name="api">0 for KServe, 1 for TensorFlow Serving.</param>
    public EndpointCall(Served served, ILogger log, int api = 0)
    {
        GrpcSettings settings = new() { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], ServerVersion = "1" };
        ApplicationBuilder app = new(new ServiceCollection().BuildServiceProvider());
        OpenStreams streams = new(new StreamLimits(), ArrivalTimes.Unlimited, default, default, log);
        ModelCalls calls = TestCalls.Of(served);
        InferApi[] apis = [KServeBinding.Infer(calls), TfsBinding.Predict(calls)];
        new InferEndpoint(apis, served.Registry, served.Drain.Draining, calls, settings, streams, log).Use(app);
        _endpoint = app.Build();
        Http.Request.Protocol = HttpProtocol.Http2;
        Http.Request.Method = HttpMethods.Post;
        Http.Request.Path = apis[api].Path;
        Http.Request.ContentType = "application/grpc";
        Http.Features.Set<IRequestBodyPipeFeature>(new RequestBody(_pipe.Reader));
        Http.Features.Set<IHttpResponseTrailersFeature>(new Trailers());
        Http.Response.Body = _response;
    }

    public DefaultHttpContext Http { get; } = new();

    public PipeWriter Body => _pipe.Writer;

    /// <summary>A message with its length before it.</summary>
    public static byte[] Frame(byte[] message, bool isCompressed = false)
    {
        byte[] frame = [isCompressed ? (byte)1 : (byte)0, 0, 0, 0, 0, .. message];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        return frame;
    }

    /// <summary>Starts the call. It has read what was written before when this returns.</summary>
    public Task Begin() => _endpoint(Http);

    /// <summary>Sends a frame in two pieces; between them, when the first was read, something happens.</summary>
    /// <returns>The answer's version, or its status and message.</returns>
    public async Task<string> SendAsync(byte[] frame, int first, Action between)
    {
        await Body.WriteAsync(frame.AsMemory(0, first));
        Task answering = Begin();
        await Assert.That(answering.IsCompleted).IsFalse();
        between();
        await Body.WriteAsync(frame.AsMemory(first));
        await Body.CompleteAsync();
        await answering;
        await Http.Response.BodyWriter.FlushAsync();
        return _response.Length > 5
            ? ModelInferResponse.Parser.ParseFrom(_response.ToArray().AsSpan(5)).ModelVersion
            : $"{Http.Response.Headers["grpc-status"]} {Http.Response.Headers["grpc-message"]}";
    }

    public async ValueTask DisposeAsync()
    {
        await _pipe.Reader.CompleteAsync();
        await _response.DisposeAsync();
    }

    private sealed class Trailers : IHttpResponseTrailersFeature
    {
        IHeaderDictionary IHttpResponseTrailersFeature.Trailers { get; set; } = new HeaderDictionary();
    }

    private sealed record RequestBody(PipeReader Reader) : IRequestBodyPipeFeature;
}
