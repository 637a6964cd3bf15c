namespace Ovms.Hosting.Bench;

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

    /// <summary>Bytes allocated on the managed heap by the same process.</summary>
    public long AllocatedBytes { get; set; }

    /// <summary>Finished calls in a second.</summary>
    public double CallsPerSecond => Elapsed > TimeSpan.Zero ? Latency.Count / Elapsed.TotalSeconds : 0;

    /// <summary>Seconds of one processor for one call.</summary>
    public double CpuSecondsPerCall => Latency.Count == 0 ? 0 : ProcessorTime.TotalSeconds / Latency.Count;

    /// <summary>Bytes on the managed heap for one call.</summary>
    public double AllocatedBytesPerCall => Latency.Count == 0 ? 0 : (double)AllocatedBytes / Latency.Count;
}
