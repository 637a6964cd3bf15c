namespace Ovms.Bench;

/// <summary>What one way with one number of callers gave.</summary>
/// <param name="Way">raw, gRPC, REST binary or REST JSON.</param>
/// <param name="Concurrency">Number of callers.</param>
internal sealed record BenchRow(string Way, int Concurrency)
{
    /// <summary>Durations of all calls.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>How long was measured.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Time of processors: the server's, for raw that of this process.</summary>
    public TimeSpan ProcessorTime { get; set; }

    /// <summary>Bytes for a call that the same process allocated on the managed heap, in each round.</summary>
    public List<double> AllocatedInRounds { get; } = [];

    /// <summary>Finished calls in a second.</summary>
    public double CallsPerSecond => Elapsed > TimeSpan.Zero ? Latency.Count / Elapsed.TotalSeconds : 0;

    /// <summary>Seconds of one processor for one call.</summary>
    public double CpuSecondsPerCall => Latency.Count == 0 ? 0 : ProcessorTime.TotalSeconds / Latency.Count;

    /// <summary>Bytes on the managed heap for one call: the median of the rounds, since buffers that are kept are made in one of them.</summary>
    public double AllocatedBytesPerCall => AllocatedInRounds.Count == 0 ? 0 : AllocatedInRounds.Order().ElementAt(AllocatedInRounds.Count / 2);
}
