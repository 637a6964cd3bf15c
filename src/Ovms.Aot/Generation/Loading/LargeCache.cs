namespace Ovms.Generation.Loading;

/// <summary>A KV cache that was asked for and that memory cannot hold: it is reserved all the same, and taken as it fills.</summary>
internal static class LargeCache
{
    private const long GiB = 1L << 30;

    /// <summary>Bytes of memory that this process may use.</summary>
    public static long Memory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The sentence about it; null if the cache fits, or no size was asked for.</summary>
    /// <param name="cacheBytes">The size that was asked for; 0 for none.</param>
    /// <param name="memoryBytes">The memory.</param>
    public static string? WarningOf(long cacheBytes, long memoryBytes) => cacheBytes <= memoryBytes
        ? null
        : FormattableString.Invariant(
            $"cache_size asks for a KV cache of {cacheBytes >> 30} GiB, and this process may use {memoryBytes / (double)GiB:F1} GiB ")
            + "of memory: give a smaller one; the system may end the process when the cache fills";
}
