using System.Threading.Channels;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>
/// A stream of requests to models and pipelines: each is computed as a call of its own and may name its own model. As many run at once as
/// the model has infer requests; the answers come in the order of the requests.
/// </summary>
/// <param name="source">The requests.</param>
/// <param name="answers">Takes the answers.</param>
/// <param name="calls">Opens calls.</param>
/// <param name="log">Logs failed requests.</param>
internal sealed class ModelStream(StreamSource source, StreamAnswers answers, ModelCalls calls, StreamLog log)
{
    private readonly StreamWindow _window = new();
    private readonly Channel<StreamRequest> _started =
        Channel.CreateUnbounded<StreamRequest>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    /// <summary>Computes and answers all requests.</summary>
    /// <param name="first">The first request; owned.</param>
    /// <param name="opened">Its call; owned.</param>
    /// <returns>Ok when the caller has ended the stream; else what ended it.</returns>
    public async Task<Outcome> RunAsync(StreamItem first, ModelCall opened)
    {
        Task answering = AnswerAllAsync();
        Outcome ended = Outcome.Ok;
        StreamItem? item = first;
        ModelCall? call = opened;
        try
        {
            while (item is not null)
            {
                Outcome fault = Outcome.Ok;
                if (call is null)
                {
                    fault = Open(item, out call);
                }

                await _window.EnterAsync(MostOf(call), item.Bytes, source.Ending).ConfigureAwait(false);
                StreamRequest request = new(item, call, Start(item, call, fault));
                (item, call) = (null, null);
                _started.Writer.TryWrite(request);
                (ended, item) = await source.NextAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            ended = source.Reason;
        }
        finally
        {
            call?.Dispose();
            item?.Dispose();
            _started.Writer.Complete();
            await answering.ConfigureAwait(false);
        }

        return answers.Broken.IsOk ? ended : answers.Broken;
    }

    // A pipeline has no infer requests of its own.
    private static int MostOf(ModelCall? call) =>
        call is null ? 1 : call.Servable.Composition is null ? Math.Max(1, call.Servable.Requests) : Environment.ProcessorCount;

    private Outcome Open(StreamItem item, out ModelCall? call)
    {
        call = null;
        if (!item.Fault.IsOk)
        {
            return item.Fault;
        }

        Outcome<ModelCall> opened = calls.Open(CallOrigin.KServeGrpc, item.Subject.Model, item.Subject.Version);
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        if (opened.Value.Servable.Composition is { IsGraph: true })
        {
            opened.Value.Dispose();
            return Outcome.Fail(
                StatusCode.GraphStreamName,
                $"{Shown.Bounded(item.Subject.Model)} is a graph, which needs a stream of its own: open another one for it");
        }

        call = opened.Value;
        return Outcome.Ok;
    }

    private Task<Outcome> Start(StreamItem item, ModelCall? call, Outcome fault)
    {
        if (call is null)
        {
            item.Message?.Dispose();
            return Task.FromResult(fault);
        }

        InferMessage message = item.Message!;
        message.AnswerRoom = item.Share.AnswerRoom;

        // The calls of a sequence keep their order only if they are begun in it; others may compute on a thread of their own.
        return call.Servable.Sequences is null
            ? Task.Run(() => call.RunAsync(message, source.Caller).AsTask(), CancellationToken.None)
            : call.RunAsync(message, source.Caller).AsTask();
    }

    private async Task AnswerAllAsync()
    {
        await foreach (StreamRequest request in _started.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            using (request)
            {
                await AnswerAsync(request).ConfigureAwait(false);
            }

            _window.Leave(request.Item.Bytes);
        }
    }

    private async Task AnswerAsync(StreamRequest request)
    {
        Exception? thrown = null;
        Outcome outcome;
        try
        {
            outcome = await request.Run.ConfigureAwait(false);
            outcome = outcome.IsOk && answers.Broken.IsOk
                ? await answers.SendAsync(request.Call!, request.Item.Share).ConfigureAwait(false)
                : outcome.IsOk ? answers.Broken : outcome;
        }
        catch (Exception exception)
        {
            thrown = exception is OvmsException ? null : exception;
            outcome = (exception as OvmsException)?.Outcome ?? Outcome.Fail(StatusCode.InternalError, exception.Message);
        }

        request.Call?.Answered(outcome);
        if (outcome.IsOk)
        {
            return;
        }

        if (answers.Broken.IsOk && !source.Caller.IsCancellationRequested)
        {
            log.Failed(request.Item.Subject, outcome, thrown);
            await answers.SendErrorAsync(request.Item.Subject, outcome.Text).ConfigureAwait(false);
        }

        if (!answers.Broken.IsOk)
        {
            source.Stop();
        }
    }
}
