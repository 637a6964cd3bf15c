namespace Ovms.Serving.Requests;

/// <summary>
/// Learns how long one servable's inferences take, and so whether they are computed in place, on the thread that asks, instead of
/// handed to the engine's own thread. The hand-over and the way back are two changes of thread, 15 to 45 µs on two cores; a model of a
/// few layers computes in 4 µs. A thread that computes is not parked, but it serves no socket meanwhile: only short ones are computed
/// in place. For models that run on the CPU alone and whose shapes are static: elsewhere one inference tells nothing of the next.
/// Written without locks: a lost sample is no loss.
/// </summary>
internal sealed class InferencePace
{
    /// <summary>The longest average of inferences that are computed in place. What waits behind one on the same thread, a health call say, waits no longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(200);

    // The hand-over is part of what is measured while inferences are handed over; the trial in place tells it from the computing.
    private static readonly TimeSpan s_worthATrial = Longest + TimeSpan.FromMicroseconds(200);

    private const int FirstTrialAfter = 8;
    private const int NextTrialAfter = 4096;

    // A sample counts a sixteenth, and one that was interrupted by the system counts no more than that of the limit fourfold.
    private const int Weight = 16;
    private const int LargestSample = 4;

    private long _average;
    private int _untilTrial = FirstTrialAfter;

    /// <summary>Whether the next inference is computed on the thread that asks.</summary>
    public bool IsInPlace => Volatile.Read(ref _untilTrial) == 0;

    /// <summary>An inference was handed over and came back after <paramref name="taken"/>.</summary>
    public void HandedOver(TimeSpan taken)
    {
        Learn(taken, s_worthATrial);
        int left = Volatile.Read(ref _untilTrial);
        if (left > 1)
        {
            Volatile.Write(ref _untilTrial, left - 1);
        }
        else if (left == 1)
        {
            bool isWorthIt = Volatile.Read(ref _average) <= s_worthATrial.Ticks;
            Volatile.Write(ref _average, 0);
            Volatile.Write(ref _untilTrial, isWorthIt ? 0 : NextTrialAfter);
        }
    }

    /// <summary>An inference was computed in place and took so long.</summary>
    public void ComputedInPlace(TimeSpan taken)
    {
        Learn(taken, Longest);
        if (Volatile.Read(ref _average) > Longest.Ticks)
        {
            Volatile.Write(ref _average, 0);
            Volatile.Write(ref _untilTrial, NextTrialAfter);
        }
    }

    private void Learn(TimeSpan taken, TimeSpan limit)
    {
        long average = Volatile.Read(ref _average);
        long sample = Math.Min(taken.Ticks, LargestSample * limit.Ticks);
        Volatile.Write(ref _average, average == 0 ? sample : average + ((sample - average) / Weight));
    }
}
