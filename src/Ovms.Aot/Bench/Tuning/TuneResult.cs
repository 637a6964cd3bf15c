using Ovms.Bench.Measuring;

namespace Ovms.Bench.Tuning;

/// <summary>What an arrangement reached, over all its turns.</summary>
/// <param name="arrangement">The arrangement.</param>
internal sealed class TuneResult(Arrangement arrangement)
{
    /// <summary>The arrangement.</summary>
    public Arrangement Arrangement => arrangement;

    /// <summary>The figures by number of callers, in the order of the load; empty if it was not measured.</summary>
    public IReadOnlyList<TuneFigures> Figures { get; private set; } = [];

    /// <summary>How often it was measured.</summary>
    public int Turns { get; private set; }

    /// <summary>How long its server took to be ready the last time.</summary>
    public TimeSpan Start { get; private set; }

    /// <summary>Why it was not measured; null if it was, or was not tried.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether it has figures.</summary>
    public bool IsMeasured => Figures.Count > 0 && Trouble is null;

    /// <summary>Calls a second: the geometric mean over the numbers of callers, so that each counts alike.</summary>
    public double Score => IsMeasured
        ? Math.Exp(Figures.Average(static figures => Math.Log(Math.Max(figures.CallsPerSecond, double.Epsilon))))
        : 0;

    /// <summary>The greatest p99 of all numbers of callers.</summary>
    public TimeSpan Slowest => IsMeasured ? Figures.Max(static figures => figures.Latency.Quantile(0.99)) : TimeSpan.MaxValue;

    /// <summary>Adds a turn. Trouble in a later one leaves the figures of those before as they are.</summary>
    public void Add(TuneTurn turn)
    {
        Trouble = Figures.Count == 0 ? turn.Trouble : null;
        if (turn.Trouble is not null)
        {
            return;
        }

        Start = turn.Start;
        Turns++;
        if (Figures.Count == 0)
        {
            Figures = turn.Figures;
            return;
        }

        foreach ((TuneFigures all, TuneFigures more) in Figures.Zip(turn.Figures))
        {
            all.Add(more);
        }
    }
}

/// <summary>One turn of an arrangement.</summary>
/// <param name="Start">How long its server took to be ready.</param>
/// <param name="Figures">The figures by number of callers.</param>
/// <param name="Trouble">Why there are none; null if there are.</param>
internal sealed record TuneTurn(TimeSpan Start, IReadOnlyList<TuneFigures> Figures, string? Trouble = null);

/// <summary>The figures with one number of callers.</summary>
/// <param name="callers">Number of callers.</param>
internal sealed class TuneFigures(int callers)
{
    /// <summary>Number of callers.</summary>
    public int Callers => callers;

    /// <summary>Durations of all calls.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Duration of the measurement.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Completed calls per second.</summary>
    public double CallsPerSecond => Elapsed > TimeSpan.Zero ? Latency.Count / Elapsed.TotalSeconds : 0;

    /// <summary>Adds those of another turn.</summary>
    public void Add(TuneFigures other)
    {
        Latency.Add(other.Latency);
        Elapsed += other.Elapsed;
    }
}
