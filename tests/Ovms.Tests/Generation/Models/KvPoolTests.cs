using Ovms.Generation.Models;
using Ovms.Generation.Steps;

namespace Ovms.Tests.Generation.Models;

/// <summary>The memory of a paged model: reserved at once, taken when it is used.</summary>
[NotInParallel]
public class KvPoolTests
{
    private const long Large = 8L << 30;
    private const long Little = 256L << 20;

    [Test]
    public async Task LargeCache_TakesTheMemoryThatItUses()
    {
        // The comparison model and OpenVINO's own memory come first.
        int[] ids = TinyModel.Ids(100);
        float[][] expected;
        using (PagedModel small = TinyModel.Page())
        {
            expected = TinyModel.Rows(small, ids, [100]);
        }

        long before = Resident();
        using PagedModel paged = TinyModel.Page(TinyModel.Exact with { CacheBytes = Large });
        StepCapacity capacity = paged.Capacity;

        // Two layers, two heads of 8 numbers, keys and values, in F32.
        await Assert.That((long)capacity.Blocks * capacity.BlockTokens * 2 * 2 * 8 * 2 * sizeof(float)).IsGreaterThan(Large / 10 * 9);
        float[][] rows = TinyModel.Rows(paged, ids, [100], [0, capacity.Blocks / 2, capacity.Blocks - 1, 7]);
        await Assert.That(TinyModel.Difference(expected, rows)).IsLessThan(1e-4f);
        await Assert.That(Resident() - before).IsLessThan(Little);
    }

    private static long Resident()
    {
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10;
    }
}
