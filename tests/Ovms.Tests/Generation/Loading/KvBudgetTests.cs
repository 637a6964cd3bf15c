using Ovms.Generation.Loading;
using Ovms.Serving;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Loading;

/// <summary>The memory that a KV cache may take where no option says it: 60 % of what machine and container have left.</summary>
[NotInParallel]
public sealed class KvBudgetTests
{
    [Test]
    [Arguments("MemFree: 9 kB\nMemAvailable:    1000000 kB\n", null, null, null, 614_400_000)]
    [Arguments("MemAvailable:    1000000 kB\n", "max", "5", null, 614_400_000)]
    [Arguments("MemAvailable:    1000000 kB\n", "500000000", "100000000", null, 240_000_000)]
    [Arguments("MemAvailable:    1000000 kB\n", "500000000", "300000000", "anon 5\ninactive_file 100000000\nactive_file 100000000\n", 240_000_000)]
    [Arguments("MemAvailable:    1000000 kB\n", "500000000", "600000000", null, 0)]
    public async Task Free_IsAPartOfWhatIsLeft(string meminfo, string? most, string? used, string? stat, long expected)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["meminfo"], meminfo);
        foreach ((string name, string? text) in new[] { ("memory.max", most), ("memory.current", used), ("memory.stat", stat) })
        {
            if (text is not null)
            {
                await File.WriteAllTextAsync(folder[name], text);
            }
        }

        await Assert.That(Free(folder)).IsEqualTo(expected);
    }

    [Test]
    public async Task CachesThatExist_AreSubtractedUntilTheyEnd()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["meminfo"], "MemAvailable: 1000000 kB\n");
        using (Reserve("a", 1, 400_000_000))
        {
            await Assert.That(Free(folder)).IsEqualTo(214_400_000);

            // Another model gets a quarter in any case.
            using IDisposable more = Reserve("b", 1, 200_000_000);
            await Assert.That(Free(folder)).IsEqualTo(153_600_000);
        }

        await Assert.That(Free(folder)).IsEqualTo(614_400_000);
    }

    [Test]
    // Nothing of it is filled: as if it were not there.
    [Arguments(0, 1_000_000, 614_400_000)]
    // Its 300 MB are free again when it has gone.
    [Arguments(300_000_000, 724_000, 624_825_600)]
    // Filled to the brim: more than is free now would not do while it lives.
    [Arguments(614_400_000, 400_000, 368_640_000)]
    public async Task CacheOfThePredecessor_IsNotSubtracted(long filled, long freeKib, long expected)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["meminfo"], $"MemAvailable: {freeKib} kB\n");
        using IDisposable old = Reserve("m", 1, 614_400_000, filled);
        await Assert.That(Free(folder, "m")).IsEqualTo(expected);
        await Assert.That(Free(folder, "other")).IsEqualTo(Math.Max(freeKib * 1024 * 6 / 10 / 4, (freeKib * 1024 * 6 / 10) - 614_400_000));
    }

    [Test]
    public async Task CachesOfOthers_AreSubtractedInAReloadToo()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["meminfo"], "MemAvailable: 1000000 kB\n");
        using IDisposable old = Reserve("m", 1, 400_000_000, 100_000_000);
        using IDisposable other = Reserve("other", 1, 200_000_000, 200_000_000);

        // 60 % of 1,124 MB, less 200 MB.
        await Assert.That(Free(folder, "m")).IsEqualTo(474_400_000);
    }

    private static IDisposable Reserve(string name, long version, long bytes, long filled = 0) =>
        KvBudget.Reserve(new ServableId(name, version), bytes, () => filled);

    private static long Free(TemporaryFolder folder, string leaving = "") =>
        KvBudget.Free(id => id.Name == leaving, folder[""], folder[""]);
}
