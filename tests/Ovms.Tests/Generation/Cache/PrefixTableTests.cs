using Ovms.Generation.Cache;

namespace Ovms.Tests.Generation.Cache;

public sealed class PrefixTableTests
{
    [Test]
    public async Task EqualHashes_AreToldApartByTheirTokensAndParents()
    {
        // Every block has the same hash.
        PrefixTable table = new(8, 2, static (_, _) => 7);
        long first = table.Add(PrefixTable.Root, [1, 2], 0).Key;
        long second = table.Add(PrefixTable.Root, [1, 3], 1).Key;
        long child = table.Add(first, [5, 6], 2).Key;
        await Assert.That(table.TryFind(PrefixTable.Root, [1, 3], out int block, out long key) && block == 1 && key == second).IsTrue();
        await Assert.That(table.TryFind(first, [5, 6], out block, out key) && block == 2 && key == child).IsTrue();
        await Assert.That(table.TryFind(second, [5, 6], out _, out _)).IsFalse();
        await Assert.That(table.TryFind(PrefixTable.Root, [2, 1], out _, out _)).IsFalse();
    }

    [Test]
    public async Task SameContent_IsKeptOnce()
    {
        PrefixTable table = new(4, 2);
        long key = table.Add(PrefixTable.Root, [1, 2], 3).Key;
        await Assert.That(table.Add(PrefixTable.Root, [1, 2], 1)).IsEqualTo((3, key));
        await Assert.That((table.Contains(3), table.Contains(1))).IsEqualTo((true, false));
    }

    [Test]
    public async Task Eviction_TakesTheOneUnusedForLongest()
    {
        PrefixTable table = new(4, 1);
        for (int block = 0; block < 4; block++)
        {
            table.Add(PrefixTable.Root, [block], block);
            table.AddUnowned(block);
        }

        table.RemoveUnowned(0);
        table.AddUnowned(0);
        table.RemoveUnowned(2);
        await Assert.That(Evicted(table)).IsEquivalentTo([1, 3, 0], TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await Assert.That((table.Unowned, table.Contains(2), table.Contains(1))).IsEqualTo((0, true, false));
    }

    [Test]
    public async Task EvictedParent_IsNotFoundUnderItsOldKey()
    {
        PrefixTable table = new(4, 1);
        long parent = table.Add(PrefixTable.Root, [1], 0).Key;
        table.Add(parent, [2], 1);
        table.AddUnowned(0);
        table.TryEvict(out _);
        long again = table.Add(PrefixTable.Root, [1], 0).Key;
        await Assert.That(table.TryFind(again, [2], out _, out _)).IsFalse();
        await Assert.That(table.TryFind(parent, [2], out int block, out _) && block == 1).IsTrue();
    }

    [Test]
    public async Task RandomUse_AgreesWithAPlainList()
    {
        Random random = new(5);
        PrefixTable table = new(32, 1, static (_, ids) => ids[0] % 3);
        List<int> unowned = [];
        Dictionary<int, int> blockOf = [];
        for (int step = 0; step < 20_000; step++)
        {
            int id = random.Next(48);
            if (blockOf.TryGetValue(id, out int known))
            {
                await Assert.That(table.TryFind(PrefixTable.Root, [id], out int found, out _) && found == known).IsTrue();
                if (unowned.Remove(known))
                {
                    table.RemoveUnowned(known);
                }
                else
                {
                    unowned.Add(known);
                    table.AddUnowned(known);
                }
            }
            else
            {
                await Assert.That(table.TryFind(PrefixTable.Root, [id], out _, out _)).IsFalse();
                int[] free = [.. Enumerable.Range(0, 32).Except(blockOf.Values)];
                if (free.Length == 0 && table.TryEvict(out int evicted))
                {
                    await Assert.That(evicted).IsEqualTo(unowned[0]);
                    unowned.RemoveAt(0);
                    blockOf.Remove(blockOf.Single(entry => entry.Value == evicted).Key);
                    free = [evicted];
                }

                if (free.Length > 0)
                {
                    table.Add(PrefixTable.Root, [id], free[0]);
                    blockOf.Add(id, free[0]);
                }
            }

            await Assert.That(table.Unowned).IsEqualTo(unowned.Count);
        }
    }

    private static List<int> Evicted(PrefixTable table)
    {
        List<int> evicted = [];
        while (table.TryEvict(out int block))
        {
            evicted.Add(block);
        }

        return evicted;
    }
}
