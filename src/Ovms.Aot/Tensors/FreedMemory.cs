using Ovms.Native;

namespace Ovms.Tensors;

/// <summary>
/// Gives the system back what calls freed, once a peak is over. The C library keeps freed memory for the thread that freed it: after a
/// burst of large messages it held a gigabyte that no call needed. Not per call, since it costs about a millisecond for each 10 MB.
/// </summary>
internal static class FreedMemory
{
    // So much freed is a peak.
    private const long Worth = 64L << 20;

    // Seconds that a peak is waited for to end, while more is freed: under a steady load of large messages nothing is given back more often.
    private const int MostWaits = 10;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly Timer s_timer = new(static _ => Look());
    private static long s_freed;
    private static long s_seen;
    private static int s_waits;
    private static int s_isDue;

    /// <summary>A block went back to the C library, whose size is a call's doing.</summary>
    public static void Count(long bytes)
    {
        if (Interlocked.Add(ref s_freed, bytes) >= Worth && Interlocked.Exchange(ref s_isDue, 1) == 0)
        {
            s_waits = 0;
            s_timer.Change(s_pause, Timeout.InfiniteTimeSpan);
        }
    }

    private static void Look()
    {
        long freed = Interlocked.Read(ref s_freed);
        if (freed != s_seen && ++s_waits < MostWaits)
        {
            s_seen = freed;
            s_timer.Change(s_pause, Timeout.InfiniteTimeSpan);
            return;
        }

        Interlocked.Exchange(ref s_freed, 0);
        s_seen = 0;
        Interlocked.Exchange(ref s_isDue, 0);
        NativeBufferPool.FreeLarge();
        NativeHeap.GiveBack();
    }
}
