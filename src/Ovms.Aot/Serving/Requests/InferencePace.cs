namespace Ovms.Serving.Requests;

/// <summary>
/// Decides whether a servable's inferences run in place, on the calling thread, or are handed over to OpenVINO's thread.
/// </summary>
/// <remarks>
/// Handing over and coming back are two thread switches, 15 to 45 µs on two cores; a model of a few layers computes in 4 µs.
/// A thread that computes serves no socket meanwhile, so only short inferences run in place.
/// Used only for models that run on the CPU alone and have static shapes: for others one inference does not predict the next.
/// It uses no locks: losing a sample does no harm.
/// </remarks>
internal sealed class InferencePace
{
    /// <summary>
    /// The longest duration of most inferences that run in place. Other work on the same thread, for example a health call, usually
    /// waits no longer.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(200);

    // While inferences are handed over, the measured time includes two thread switches, which are long on a busy machine. The shortest time
    // decides about a trial in place, which measures the computation alone.
    private static readonly TimeSpan s_trialLimit = Longest + TimeSpan.FromMicroseconds(200);

    private const int FirstTrialAfter = 8;
    private const int NextTrialAfter = 512;

    // Ends a trial: so many more long ones than short ones. On a busy machine the system interrupts even the shortest, and so do callers
    // that compute at the same time with one stream: handed over, they would wait as well. The first one on each thread is long, too.
    private const int MostLongOnes = 8;

    private int _longOnes;
    private long _shortest = long.MaxValue;
    private int _untilTrial = FirstTrialAfter;

    /// <summary>Whether the next inference runs on the calling thread.</summary>
    public bool IsInPlace => Volatile.Read(ref _untilTrial) == 0;

    /// <summary>Records an inference that was handed over and took <paramref name="taken"/>, including the hand-over.</summary>
    public void HandedOver(TimeSpan taken)
    {
        Volatile.Write(ref _shortest, Math.Min(Volatile.Read(ref _shortest), taken.Ticks));
        int left = Volatile.Read(ref _untilTrial);
        if (left > 1)
        {
            Volatile.Write(ref _untilTrial, left - 1);
        }
        else if (left == 1)
        {
            bool isWorthIt = Volatile.Read(ref _shortest) <= s_trialLimit.Ticks;
            Volatile.Write(ref _longOnes, 0);
            Volatile.Write(ref _shortest, long.MaxValue);
            Volatile.Write(ref _untilTrial, isWorthIt ? 0 : NextTrialAfter);
        }
    }

    /// <summary>Records an inference that ran in place.</summary>
    public void ComputedInPlace(TimeSpan taken)
    {
        int more = Math.Max(Volatile.Read(ref _longOnes) + (taken > Longest ? 1 : -1), 0);
        Volatile.Write(ref _longOnes, more);
        if (more >= MostLongOnes)
        {
            Volatile.Write(ref _untilTrial, NextTrialAfter);
        }
    }
}
