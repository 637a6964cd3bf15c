using Ovms.Generation.Cache;

namespace Ovms.Tests.Generation.Cache;

public sealed class BlockTableTests
{
    private const int Size = 4;

    [Test]
    [Arguments(4, 0)]
    [Arguments(5, 4)]
    [Arguments(8, 4)]
    [Arguments(9, 8)]
    [Arguments(20, 8)]
    public async Task SamePrompt_TakesFullBlocksAndLeavesATokenToCompute(int length, int adopted)
    {
        KvCache cache = new(16, Size, keepsPrefixes: true);
        Write(cache, Ids(0, 11)).Release();
        int[] prompt = [.. Ids(0, 11), .. Ids(50, 20)];
        await Assert.That(new BlockTable(cache, true).Adopt(prompt.AsSpan(0, length), 0)).IsEqualTo(adopted);
    }

    [Test]
    public async Task AdoptedBlocks_AreNeverWritten()
    {
        KvCache cache = new(16, Size, keepsPrefixes: true);
        BlockTable first = Write(cache, Ids(0, 11));
        BlockTable second = new(cache, true);
        int computed = second.Adopt(Ids(0, 11), 0);
        second.TryReach(11);
        await Assert.That((computed, second.MayWrite(8, 11), second.MayWrite(7, 11), first.MayWrite(8, 11))).IsEqualTo((8, true, false, true));
        await Assert.That(second.For(11).ToArray()[..2]).IsEquivalentTo(first.For(11).ToArray()[..2], TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await Assert.That(second.OwnedAlone).IsEqualTo(1);
        second.Release();
        await Assert.That((first.OwnedAlone, cache.Free, cache.Kept)).IsEqualTo((3, 13, 0));

        // Its full blocks are in the table, and nobody writes them again.
        await Assert.That(first.MayWrite(4, 11)).IsFalse();
    }

    [Test]
    public async Task Adoption_ReplacesBlocksThatWereTakenForTheSameTokens()
    {
        KvCache cache = new(6, Size, keepsPrefixes: true);
        BlockTable second = new(cache, true);
        second.TryReach(12);
        BlockTable first = Write(cache, Ids(0, 12));
        await Assert.That(second.Follows(Ids(0, 12), new BlockTable(cache, true), Ids(0, 12))).IsTrue();
        await Assert.That(second.Adopt(Ids(0, 12), 0)).IsEqualTo(8);
        await Assert.That((cache.Free, second.Count, second.OwnedAlone)).IsEqualTo((2, 3, 1));
        first.Release();
        second.Release();
        await Assert.That((cache.Free, cache.Kept, cache.Available)).IsEqualTo((3, 3, 6));
    }

    [Test]
    public async Task Eviction_TakesTheEndOfATextFirst()
    {
        KvCache cache = new(4, Size, keepsPrefixes: true);
        Write(cache, Ids(0, 16)).Release();
        cache.TryTake(out _);
        await Assert.That(new BlockTable(cache, true).Adopt(Ids(0, 17), 0)).IsEqualTo(12);
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task Fork_SharesFullBlocks(bool keepsPrefixes)
    {
        KvCache cache = new(8, Size, keepsPrefixes);
        BlockTable first = Write(cache, Ids(0, 10));
        BlockTable second = new(cache, true);
        first.ShareWith(second, 2);
        second.TryReach(10);
        await Assert.That((second.MayWrite(8, 10), second.MayWrite(7, 10), cache.Free)).IsEqualTo((true, false, 4));
        first.Release();
        second.Release();
        await Assert.That((cache.Free, cache.Kept)).IsEqualTo(keepsPrefixes ? (6, 2) : (8, 0));
    }

    [Test]
    public async Task WithoutPrefixes_NothingIsKeptOrFound()
    {
        KvCache cache = new(8, Size, keepsPrefixes: true);
        BlockTable first = new(cache, usesPrefixes: false);
        first.TryReach(12);
        first.Publish(Ids(0, 12), 12);
        first.Release();
        await Assert.That((cache.Free, new BlockTable(cache, true).Adopt(Ids(0, 12), 0))).IsEqualTo((8, 0));
        Write(cache, Ids(0, 12)).Release();
        await Assert.That(new BlockTable(cache, usesPrefixes: false).Adopt(Ids(0, 12), 0)).IsEqualTo(0);
    }

    // Random sequences over few beginnings in a small cache: owners are counted right, and shared blocks are never written.
    [Test]
    [Arguments(1)]
    [Arguments(2)]
    [Arguments(3)]
    public async Task RandomUse_KeepsTheLedgerRight(int seed)
    {
        Random random = new(seed);
        KvCache cache = new(24, Size, keepsPrefixes: true, static (_, ids) => ids[0] % 2);
        List<(BlockTable Table, int[] Ids, int Computed)> live = [];
        for (int step = 0; step < 5_000; step++)
        {
            if (live.Count < 6 && random.Next(3) == 0)
            {
                int[] ids = [.. Ids(random.Next(3), random.Next(1, 12)), .. Ids(random.Next(90, 93), random.Next(1, 20))];
                BlockTable table = new(cache, true);
                live.Add((table, ids, table.Adopt(ids, 0)));
            }
            else if (live.Count > 0)
            {
                int at = random.Next(live.Count);
                (BlockTable table, int[] ids, int computed) = live[at];
                computed = table.Adopt(ids, computed);
                int to = Math.Min(ids.Length, computed + random.Next(1, 9));
                if (computed == ids.Length || random.Next(10) == 0 || !table.TryReach(to))
                {
                    table.Release();
                    live.RemoveAt(at);
                }
                else
                {
                    await Assert.That(table.MayWrite(computed, to)).IsTrue();
                    table.Publish(ids, to);
                    live[at] = (table, ids, to);
                }
            }

            int[] owners = new int[cache.Count];
            foreach (int block in live.SelectMany(item => item.Table.For(item.Table.Count * Size).ToArray()))
            {
                owners[block]++;
            }

            await Assert.That(Enumerable.Range(0, cache.Count).Select(cache.OwnersOf).SequenceEqual(owners)).IsTrue();
            await Assert.That(cache.Available).IsEqualTo(owners.Count(static count => count == 0));
        }

        live.ForEach(static item => item.Table.Release());
        await Assert.That(cache.Available).IsEqualTo(cache.Count);
        cache.Clear();
        await Assert.That((cache.Free, cache.Kept)).IsEqualTo((cache.Count, 0));
    }

    private static int[] Ids(int first, int count) => [.. Enumerable.Range(first, count)];

    private static BlockTable Write(KvCache cache, int[] ids)
    {
        BlockTable table = new(cache, true);
        table.TryReach(ids.Length);
        table.Publish(ids, ids.Length);
        return table;
    }
}
