using System.Diagnostics;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>Counts one stream of a graph in the original's families.</summary>
/// <param name="graph">The graph.</param>
internal sealed class StreamMeter(ServableComposition graph)
{
    private readonly TextMethodCounters? _counters = graph.Metrics?.Text.OfGraphStreams;
    private long _began;

    /// <summary>Takes the times of the nodes; null if metrics are off.</summary>
    public NodeTimes? Times => graph.Metrics?.Nodes;

    /// <summary>The graph runs.</summary>
    public void Begin()
    {
        _began = Stopwatch.GetTimestamp();
        graph.Enter();
        graph.Metrics?.Text.Enter();
    }

    /// <summary>A request is wrong.</summary>
    public void Reject() => _counters?.Reject();

    /// <summary>A request becomes packets.</summary>
    public void Accept() => _counters?.Accept();

    /// <summary>An output has been answered.</summary>
    public void Respond() => _counters?.Respond();

    /// <summary>The graph has ended.</summary>
    public void End(Outcome outcome)
    {
        graph.Leave();
        graph.Metrics?.Text.Leave();
        _counters?.Time.Add(Stopwatch.GetTimestamp() - _began);
        if (!outcome.IsOk)
        {
            _counters?.Fail();
        }
    }
}
