using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>Logs inferences that have had no answer for long, each once: a device that hangs returns no error.</summary>
internal sealed class LateInferences(ServableRegistry registry, TimeProvider time, ILogger log)
{
    /// <summary>How long an inference may run without being logged.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    /// <summary>Looks at a fixed period until cancelled.</summary>
    /// <param name="cancellation">Ends it without an exception.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(s_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                Look(Limit);
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }
    }

    /// <summary>Logs the inferences that have run longer than a limit.</summary>
    internal void Look(TimeSpan limit)
    {
        foreach (ModelEntry model in registry.Current.Models)
        {
            foreach (VersionEntry entry in model.Versions)
            {
                if (entry.Servable is { InUse: > 0 } servable && servable.CountLate(limit) is > 0 and int late)
                {
                    Log.InferenceLate(log, servable.Id.Name, servable.Id.Version, late, servable.Device, limit.TotalSeconds);
                }
            }
        }
    }
}
