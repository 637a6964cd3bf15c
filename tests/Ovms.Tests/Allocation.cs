namespace Ovms.Tests;

/// <summary>What a piece of code allocates on the managed heap.</summary>
internal static class Allocation
{
    // A collection that another test causes in between ends this thread's allocation context, whose unused rest (up to 8 KiB) then
    // counts as allocated. Code that itself allocates does so every time, so the least of several runs is what it takes.
    private const int Runs = 20;

    /// <summary>The least that one run allocates, in bytes, after some runs that may allocate for the runtime itself.</summary>
    public static long Of(Action action)
    {
        for (int i = 0; i < Runs; i++)
        {
            action();
        }

        long least = long.MaxValue;
        for (int i = 0; i < Runs; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
