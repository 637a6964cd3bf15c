using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Sweeps the sequences of all models once a period. A sequence that no call came for from one sweep to the next is removed, so one
/// that its caller forgot lives one to two periods longer.
/// </summary>
internal sealed class SequenceCleaner(ServableRegistry registry, TimeProvider time, ILogger log)
{
    // What a timer takes, seven weeks.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Runs until cancelled.</summary>
    /// <param name="period">Between sweeps; zero = never.</param>
    /// <param name="cancellation">Ends it, without an exception.</param>
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
            // Told to end.
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
            // A cleaner that ends would leave sequences to pile up, and nobody would know.
            Log.SweepSurprised(log, surprise);
        }
    }

    private void Sweep()
    {
        foreach (VersionEntry entry in registry.Current.Models.SelectMany(static model => model.Versions))
        {
            // The lease keeps the engine's objects while they are swept; a servable that is going frees its sequences itself.
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
