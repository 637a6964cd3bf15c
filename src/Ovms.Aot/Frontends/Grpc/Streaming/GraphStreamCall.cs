using Ovms.Inference;
using Ovms.Serving;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>
/// A stream of requests to one graph, which runs once for all of them. A wrong request is told at once and changes nothing; a failure of
/// the graph ends the stream at once.
/// </summary>
/// <param name="source">The requests.</param>
/// <param name="answers">Takes the answers.</param>
/// <param name="log">Logs failed requests.</param>
internal sealed class GraphStreamCall(StreamSource source, StreamAnswers answers, StreamLog log)
{
    private string _place = "first request";

    /// <summary>Computes and answers all requests.</summary>
    /// <param name="first">The first request; owned.</param>
    /// <param name="graph">The graph, leased as long as this runs.</param>
    /// <returns>Ok when the caller has ended the stream and all is answered; else what ended it.</returns>
    public async Task<Outcome> RunAsync(StreamItem first, Servable graph)
    {
        Outcome<RequestStream> opened = ((Composition)graph.Composition!).OpenStream(new GraphAnswers(graph, answers));
        if (!opened.IsOk)
        {
            first.Dispose();
            return opened.WithoutValue;
        }

        using RequestStream stream = opened.Value;
        StreamItem? item = first;
        Outcome reading = Outcome.Ok;
        Outcome ended;
        try
        {
            reading = await stream.StartAsync(first.Message!, source.Caller).ConfigureAwait(false);

            // A failure of the graph ends the wait for requests.
            _ = stream.Ended.ContinueWith(
                static (_, source) => ((StreamSource)source!).Stop(), source, CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            while (reading.IsOk && item is not null)
            {
                StreamItem next = item;
                item = null;
                await AddAsync(stream, next, graph).ConfigureAwait(false);
                _place = "subsequent requests";
                (reading, item) = await source.NextAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            item?.Dispose();
            stream.Close();
            ended = await stream.Ended.ConfigureAwait(false);
        }

        return !answers.Broken.IsOk ? answers.Broken : !ended.IsOk ? ended : reading;
    }

    private static Outcome CheckName(StreamItem item, ServableId graph) =>
        item.Subject.Model != graph.Name ? Outcome.Fail(
            StatusCode.GraphStreamName, $"Expected: {graph.Name}; Actual: {Shown.Bounded(item.Subject.Model)}")
        : item.Subject.Version is not ("" or "0" or "1") ? Outcome.Fail(
            StatusCode.GraphStreamVersion, $"Expected: 1; Actual: {Shown.Bounded(item.Subject.Version)}")
        : Outcome.Ok;

    private async ValueTask AddAsync(RequestStream stream, StreamItem item, Servable graph)
    {
        string step = "partial deserialization of";
        Outcome fault = item.Fault;
        if (fault.IsOk && _place != "first request")
        {
            fault = CheckName(item, graph.Id);
            step = fault.IsOk ? step : "validate";
        }

        if (fault.IsOk)
        {
            fault = await stream.AddAsync(item.Message!, item.Share, item.WantsEnd).ConfigureAwait(false);
        }
        else
        {
            item.Dispose();
        }

        if (!fault.IsOk)
        {
            log.Failed(item.Subject, fault, null);
            Outcome told = await answers.SendErrorAsync(item.Subject, $"{fault.Text}; {step} {_place}").ConfigureAwait(false);
            if (!told.IsOk)
            {
                source.Stop();
            }
        }
    }
}
