using System.Diagnostics;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Inference;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>The answers of a graph as responses of a stream.</summary>
/// <param name="graph">The graph.</param>
/// <param name="answers">Takes the responses.</param>
internal sealed class GraphAnswers(Servable graph, StreamAnswers answers) : IStreamAnswers
{
    /// <inheritdoc/>
    public ValueTask<Outcome> SendAsync(StreamedAnswer answer)
    {
        AnswerContent content = new(
            graph.Id.Name, graph.Id.VersionText, answer.Id ?? "", answer.Output is { } output ? [output] : [])
        {
            Time = answer.Time,
            IsFinal = answer.IsFinal,
        };
        return answers.SendAsync(content);
    }

    /// <inheritdoc/>
    public void Completed(long received)
    {
        long total = Stopwatch.GetTimestamp() - received;
        graph.Statistics.Add(1, new CallPhases(total, Queue: 0, Input: 0, Infer: total, Output: 0));
    }
}
