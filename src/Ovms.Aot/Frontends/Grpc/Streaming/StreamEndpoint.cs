using Ovms.Frontends.Connections;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;
using GrpcStatus = Grpc.Core.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>
/// Answers ModelStreamInfer, outside the gRPC framework like <see cref="InferEndpoint"/>: messages are read into unmanaged memory and
/// tensors are written from where they are. The first request decides what the stream is: of one graph, or of models and pipelines.
/// </summary>
internal sealed class StreamEndpoint
{
    private const string Path = $"/{KServeBinding.ServiceName}/ModelStreamInfer";

    private readonly InferApi _api;
    private readonly ModelCalls _calls;
    private readonly GrpcSettings _settings;
    private readonly OpenStreams _streams;
    private readonly MessageStream _messages;
    private readonly Drain _drain;
    private readonly Recycled<MemoryShare> _shares = new(static home => new MemoryShare(home));
    private readonly WaitingCalls _waiting = new();
    private readonly CallLog _log;

    /// <param name="api">The API of the unary call, whose requests these are.</param>
    /// <param name="registry">What is served.</param>
    /// <param name="calls">Opens calls.</param>
    /// <param name="settings">The options of the front end.</param>
    /// <param name="streams">Counts the open calls.</param>
    /// <param name="drain">Ends the streams when the server stops, and waits until their ends are sent.</param>
    /// <param name="log">Logs failed requests.</param>
    public StreamEndpoint(
        InferApi api, ServableRegistry registry, ModelCalls calls, GrpcSettings settings, OpenStreams streams, Drain drain, ILogger log)
    {
        (_api, _calls, _settings, _streams, _drain) = (api, calls, settings, streams, drain);
        int longest = settings.Arguments.MaxReceiveMessageLength;
        MessageCoding coding = new(longest, settings.Memory);
        _messages = new MessageStream(coding, longest, settings.Arrival, () => UnpackedLimit.Longest(registry.Current));
        _log = new CallLog(log);
    }

    /// <summary>Handles the streams of a pipeline and passes on all other calls.</summary>
    public void Use(IApplicationBuilder app) =>
        app.Use(next => http => IsStream(http.Request) ? RunAsync(http) : next(http));

    private static bool IsStream(HttpRequest request) =>
        request.Path.Value == Path && HttpProtocol.IsHttp2(request.Protocol) && HttpMethods.IsPost(request.Method);

    private async Task RunAsync(HttpContext http)
    {
        if (!GrpcEdge.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        StreamLog log = new(_log, http);
        CallEnd end = new(_waiting);
        OpenConnection? connection = null;
        GrpcStatus status;
        Exception? thrown = null;
        end.Begin(http);
        end.Waits();
        try
        {
            Outcome ended = _streams.Enter(http, out connection);
            if (ended.IsOk)
            {
                // A quiet stream of models holds no lease that a stop would wait for.
                _drain.Answers.Begin();
                http.Response.OnCompleted(EndAnswer);
            }

            if (ended.IsOk && !OpenStreams.HasBegun(http))
            {
                ended = await _streams.BeginAsync(http, connection, end.Token).ConfigureAwait(false);
            }

            ended = ended.IsOk ? await ServeAsync(http, end, log).ConfigureAwait(false) : ended;
            status = ended.IsOk ? GrpcStatus.DefaultSuccess
                : GrpcEdge.ToStatus(ended.Code == StatusCode.Cancelled ? end.Reason : ended);
        }
        catch (OperationCanceledException)
        {
            status = GrpcEdge.ToStatus(end.Reason);
        }
        catch (Exception exception)
        {
            thrown = exception;
            status = GrpcEdge.StatusOf(exception, end.Token.IsCancellationRequested);
        }
        finally
        {
            end.Stop();
            _streams.Leave(connection);
        }

        if (status.StatusCode != global::Grpc.Core.StatusCode.OK)
        {
            log.Failed(default, status, thrown);
        }

        GrpcEdge.End(http, status);
    }

    private Task EndAnswer()
    {
        _drain.Answers.End();
        return Task.CompletedTask;
    }

    private async Task<Outcome> ServeAsync(HttpContext http, CallEnd end, StreamLog log)
    {
        RequestMemory memory = _settings.Memory.For(http);
        using MemoryShare share = _shares.Rent().Of(memory);
        Outcome room = share.GrowTo(0);
        if (!room.IsOk)
        {
            return room;
        }

        using StreamAnswers answers = new(http, _settings.Arguments.MaxSendMessageLength, share);
        using StreamSource source = new(http, end, _api, _messages, _shares, memory, _drain.Draining);
        while (true)
        {
            (Outcome result, StreamItem? first) = await source.NextAsync().ConfigureAwait(false);
            if (first is null)
            {
                return result;
            }

            if (first.Fault.IsOk)
            {
                return await ServeAsync(first, source, answers, log).ConfigureAwait(false);
            }

            // Nothing says yet what the stream is: the next request may.
            using (first)
            {
                log.Failed(first.Subject, first.Fault, null);
                Outcome told = await answers.SendErrorAsync(first.Subject, first.Fault.Text).ConfigureAwait(false);
                if (!told.IsOk)
                {
                    return told;
                }
            }
        }
    }

    private async Task<Outcome> ServeAsync(StreamItem first, StreamSource source, StreamAnswers answers, StreamLog log)
    {
        Outcome<ModelCall> opened = _calls.Open(CallOrigin.KServeGrpc, first.Subject.Model, first.Subject.Version);
        if (!opened.IsOk)
        {
            first.Dispose();
            return opened.WithoutValue;
        }

        if (opened.Value.Servable.Composition is not { IsGraph: true })
        {
            return await new ModelStream(source, answers, _calls, log).RunAsync(first, opened.Value).ConfigureAwait(false);
        }

        // The call is the stream's lease of the graph; it computes nothing itself.
        using ModelCall lease = opened.Value;
        lease.Abandon();
        return await new GraphStreamCall(source, answers, log).RunAsync(first, lease.Servable).ConfigureAwait(false);
    }
}
