namespace Ovms.Serving.Adaptive;

/// <summary>When a form of a model began and ended to serve. Times are timestamps of the stopwatch.</summary>
/// <param name="now">The time.</param>
internal sealed class FormHistory(long now)
{
    /// <summary>Since when it serves, or does not.</summary>
    public long Settled { get; set; } = now;

    /// <summary>When it served last.</summary>
    public long Busy { get; set; } = now;

    /// <summary>When it was refused.</summary>
    public long Refused { get; set; } = now;

    /// <summary>The calls in flight with which it was refused; 0 if it never was.</summary>
    public double RefusedInFlight { get; set; }

    /// <summary>The calls in flight when it began to serve, or ended.</summary>
    public double TriedInFlight { get; set; }

    /// <summary>Whether it was compared anew after it had served.</summary>
    public bool IsCompared { get; set; }

    /// <summary>Failed inferences of several calls before it began to serve.</summary>
    public long FailuresBefore { get; set; }
}
