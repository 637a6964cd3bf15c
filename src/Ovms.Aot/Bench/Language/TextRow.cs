using Ovms.Bench.Measuring;

namespace Ovms.Bench.Language;

/// <summary>The results of one way to a language model with one number of callers.</summary>
/// <param name="Way">raw, greedy or sampled.</param>
/// <param name="Concurrency">Number of callers.</param>
internal sealed record TextRow(string Way, int Concurrency)
{
    /// <summary>Generated tokens.</summary>
    public long Tokens { get; set; }

    /// <summary>Times from the request to the first token.</summary>
    public LatencyHistogram First { get; } = new();

    /// <summary>Times between tokens; over HTTP as they arrive, so that tokens that arrive together have none between them.</summary>
    public LatencyHistogram Between { get; } = new();

    /// <summary>Duration of the measurement.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>CPU time of the server; for raw, of this process.</summary>
    public TimeSpan ProcessorTime { get; set; }

    /// <summary>Bytes per token that the same process allocated on the managed heap, one value for each round.</summary>
    public List<double> AllocatedInRounds { get; } = [];

    /// <summary>Generated tokens per second of each round.</summary>
    public List<double> RatesInRounds { get; } = [];

    /// <summary>Generated tokens per second, of all callers together, the time of their prompts included.</summary>
    public double TokensPerSecond => Elapsed > TimeSpan.Zero ? Tokens / Elapsed.TotalSeconds : 0;

    /// <summary>CPU seconds per token.</summary>
    public double CpuSecondsPerToken => Tokens == 0 ? 0 : ProcessorTime.TotalSeconds / Tokens;

    /// <summary>Bytes per token on the managed heap: the median of the rounds.</summary>
    public double AllocatedBytesPerToken =>
        AllocatedInRounds.Count == 0 ? 0 : AllocatedInRounds.Order().ElementAt(AllocatedInRounds.Count / 2);
}
