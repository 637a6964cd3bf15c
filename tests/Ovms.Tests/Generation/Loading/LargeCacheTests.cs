using Ovms.Generation.Loading;

namespace Ovms.Tests.Generation.Loading;

/// <summary>What is said of a KV cache that memory cannot hold.</summary>
public sealed class LargeCacheTests
{
    private const long GiB = 1L << 30;

    [Test]
    [Arguments(0L, 8L, null)]
    [Arguments(8L, 8L, null)]
    [Arguments(60L, 23L, "cache_size asks for a KV cache of 60 GiB, and this process may use 23.0 GiB of memory")]
    public async Task OneLargerThanMemory_IsTold(long cache, long memory, string? expected)
    {
        string? warning = LargeCache.WarningOf(cache * GiB, memory * GiB);
        await Assert.That(warning?.Split(':')[0]).IsEqualTo(expected);
    }
}
