using Ovms.Generation.Loading;
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

        await Assert.That(KvBudget.Free(folder[""], folder[""])).IsEqualTo(expected);
    }

    [Test]
    public async Task CachesThatExist_AreSubtractedUntilTheyEnd()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["meminfo"], "MemAvailable: 1000000 kB\n");
        using (KvBudget.Reserve(400_000_000))
        {
            await Assert.That(KvBudget.Free(folder[""], folder[""])).IsEqualTo(214_400_000);

            // Another model, or a reload beside the old one, gets a quarter in any case.
            using IDisposable more = KvBudget.Reserve(200_000_000);
            await Assert.That(KvBudget.Free(folder[""], folder[""])).IsEqualTo(153_600_000);
        }

        await Assert.That(KvBudget.Free(folder[""], folder[""])).IsEqualTo(614_400_000);
    }
}
