using Ovms.Bench.Measuring;

namespace Ovms.Bench;

/// <summary>The results of one path with one number of callers.</summary>
/// <param name="Way">raw, gRPC, REST binary or REST JSON.</param>
/// <param name="Concurrency">Number of callers.</param>
internal sealed record BenchRow(string Way, int Concurrency)
{
    /// <summary>Durations of all calls.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Duration of the measurement.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>CPU time of the server; for raw, of this process. Null if it is not known.</summary>
    public TimeSpan? ProcessorTime { get; set; }

    /// <summary>CPU time of this process, which has the callers.</summary>
    public TimeSpan OwnTime { get; set; }

    /// <summary>Bytes per call that the computing process allocated on the managed heap, one value for each round.</summary>
    public List<double> AllocatedInRounds { get; } = [];

    /// <summary>Completed calls per second of each round.</summary>
    public List<double> RatesInRounds { get; } = [];

    /// <summary>Whether this is the engine alone.</summary>
    public bool IsRaw => Way == BenchWay.Raw;

    /// <summary>Completed calls per second.</summary>
    public double CallsPerSecond => Elapsed > TimeSpan.Zero ? Latency.Count / Elapsed.TotalSeconds : 0;

    /// <summary>CPU seconds per call.</summary>
    public double? CpuSecondsPerCall => Latency.Count == 0 ? 0 : ProcessorTime?.TotalSeconds / Latency.Count;

    /// <summary>
    /// Bytes per call on the managed heap: the median of the rounds, since buffers that are reused are allocated in only one round.
    /// </summary>
    public double? AllocatedBytesPerCall =>
        ProcessorTime is null ? null
        : AllocatedInRounds.Count == 0 ? 0
        : AllocatedInRounds.Order().ElementAt(AllocatedInRounds.Count / 2);
}
