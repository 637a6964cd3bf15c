namespace Ovms.Hosting;

/// <summary>
/// What only the start needed. A server that serves allocates little, so that no collection would come of itself to give it back.
/// </summary>
internal static class StartGarbage
{
    // Who waits for the server to be ready sends first calls at once: they come before.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Gives it back to the system when the first calls may have been answered. Stops everything for a few milliseconds.</summary>
    public static async Task GiveBackAsync(CancellationToken stop)
    {
        await Task.Delay(s_pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stop.IsCancellationRequested)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
