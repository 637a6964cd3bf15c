using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Sweeps the sequences of all models at a fixed period. A sequence without a call between two sweeps is removed, so an idle one lives
/// one to two periods.
/// </summary>
internal sealed class SequenceCleaner(ServableRegistry registry, TimeProvider time, ILogger log)
{
    // The longest period of a timer: seven weeks.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Runs until cancelled.</summary>
    /// <param name="period">Time between sweeps; zero = never.</param>
    /// <param name="cancellation">Ends it without an exception.</param>
    public async Task RunAsync(TimeSpan period, CancellationToken cancellation)
    {
        if (period <= TimeSpan.Zero)
        {
            return;
        }

        using PeriodicTimer timer = new(period < s_longest ? period : s_longest, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                TrySweep();
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }
    }

    private void TrySweep()
    {
        try
        {
            Sweep();
        }
        catch (Exception surprise)
        {
            // The loop must survive: otherwise sequences would pile up, without any notice.
            Log.SweepSurprised(log, surprise);
        }
    }

    private void Sweep()
    {
        foreach (VersionEntry entry in registry.Current.Models.SelectMany(static model => model.Versions))
        {
            // The lease keeps the servable alive during the sweep. A servable that is being released frees its sequences itself.
            if (entry.Servable is { Sequences: { } sequences } servable && servable.TryLease() is { } lease)
            {
                using (lease)
                {
                    int removed = sequences.Sweep();
                    if (removed > 0)
                    {
                        Log.IdleSequencesRemoved(log, servable.Id.Name, servable.Id.Version, removed, sequences.Count);
                    }
                }
            }
        }
    }
}
