namespace Ovms.Hosting;

/// <summary>
/// Collects garbage once after start-up. A server allocates so little while it serves that the runtime would start no collection.
/// </summary>
internal static class PostStartupCollection
{
    // Clients that wait for readiness send their first calls at once: the collection comes after those.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns the memory to the system after a pause for the first calls. Suspends all threads for a few milliseconds.</summary>
    public static async Task RunAsync(CancellationToken stop)
    {
        await Task.Delay(s_pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stop.IsCancellationRequested)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
