using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Logs inferences that have had no answer for long, each once: a device that hangs returns no error. Servables that were unloaded
/// meanwhile count as left behind on their devices if those fail.
/// </summary>
/// <param name="registry">The servables that calls find.</param>
/// <param name="leaving">Those that were unloaded or replaced and that calls still hold.</param>
/// <param name="time">The source of time.</param>
/// <param name="log">The log.</param>
internal sealed class LateInferences(ServableRegistry registry, LeavingServables leaving, TimeProvider time, ILogger log)
{
    /// <summary>How long an inference may run without being logged.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    /// <summary>Looks for them at a fixed period until cancelled.</summary>
    /// <param name="cancellation">Ends it without an exception.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(s_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                LogLate(Limit);
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }
    }

    /// <summary>Logs the inferences that have run longer than a limit.</summary>
    internal void LogLate(TimeSpan limit)
    {
        foreach (VersionEntry entry in registry.Current.Models.SelectMany(static model => model.Versions))
        {
            if (entry.Servable is { } servable)
            {
                LogLate(servable, limit);
            }
        }

        foreach (Servable servable in leaving.All.Where(servable => LogLate(servable, limit)))
        {
            _ = CountAsLeftBehindAsync(servable);
        }
    }

    private bool LogLate(Servable servable, TimeSpan limit)
    {
        if (servable.InUse == 0 || servable.CountLate(limit) is not (> 0 and int late))
        {
            return false;
        }

        Log.InferenceLate(log, servable.Id.Name, servable.Id.Version, servable.Device, limit.TotalSeconds, late);
        return true;
    }

    private async Task CountAsLeftBehindAsync(Servable servable)
    {
        try
        {
            await servable.CountAsLeftBehindAsync().ConfigureAwait(false);
        }
        catch (Exception surprise)
        {
            Log.DeviceLookSurprised(log, servable.Id.Name, servable.Id.Version, surprise);
        }
    }
}
