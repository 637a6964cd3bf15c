using Ovms.Generation.Cache;

namespace Ovms.Tests.Generation.Cache;

public sealed class StateRowsTests
{
    [Test]
    public async Task KeptRow_IsFoundUntilAnotherIsNeeded()
    {
        StateRows rows = new(3);
        int first = Keep(rows, 1);
        int second = Keep(rows, 2);
        await Assert.That((rows.Free, rows.Kept, rows.Available)).IsEqualTo((1, 2, 3));
        await Assert.That(rows.Share(1L)).IsEqualTo(first);
        rows.Release(first);

        // The free one, then the one without use for longest.
        int third = rows.Take();
        await Assert.That(third != first && third != second).IsTrue();
        await Assert.That((rows.Take(), rows.IsKept(2), rows.IsKept(1))).IsEqualTo((second, false, true));
        await Assert.That((rows.Take(), rows.IsKept(1), rows.Available)).IsEqualTo((first, false, 0));
    }

    [Test]
    public async Task RowThatSomebodyReads_IsNeitherTakenNorWritten()
    {
        StateRows rows = new(2);
        int row = Keep(rows, 1);
        rows.Share(row);
        await Assert.That((rows.MayWrite(row), rows.Available)).IsEqualTo((false, 1));
        rows.Take();

        // Forgotten, it belongs to its reader alone.
        rows.Forget(1);
        await Assert.That((rows.MayWrite(row), rows.IsKept(1), rows.Available)).IsEqualTo((true, false, 0));
        rows.Share(row);
        await Assert.That(rows.MayWrite(row)).IsFalse();
        rows.Release(row);
        rows.Release(row);
        await Assert.That(rows.Free).IsEqualTo(1);
    }

    [Test]
    public async Task State_IsKeptOnceAndOnlyUnderAKey()
    {
        StateRows rows = new(3);
        Keep(rows, 7);
        int row = rows.Take();
        await Assert.That((rows.Keep(row, 7), rows.Keep(row, PrefixTable.Root), rows.MayWrite(row))).IsEqualTo((false, false, true));
        rows.Release(row);
        rows.Forget(7);
        rows.Forget(7);
        await Assert.That((rows.Free, rows.Kept)).IsEqualTo((3, 0));
    }

    [Test]
    public async Task Clear_ForgetsAll()
    {
        StateRows rows = new(3);
        Keep(rows, 1);
        Keep(rows, 2);
        rows.Clear();
        await Assert.That((rows.Free, rows.IsKept(1), rows.IsKept(2))).IsEqualTo((3, false, false));
    }

    // Whatever is taken, shared, kept and forgotten: no row is lost, none has two uses, and what is kept is found.
    [Test]
    [Arguments(1)]
    [Arguments(2)]
    public async Task RandomUse_AgreesWithAPlainList(int seed)
    {
        Random random = new(seed);
        StateRows rows = new(16);
        List<int> owned = [];
        Dictionary<long, int> kept = [];
        long key = 0;
        for (int step = 0; step < 20_000; step++)
        {
            int action = random.Next(5);
            if (action == 0 && rows.Available > 0)
            {
                int row = rows.Take();
                await Assert.That(owned.Contains(row)).IsFalse();
                foreach (long evicted in kept.Where(entry => entry.Value == row).Select(static entry => entry.Key).ToArray())
                {
                    kept.Remove(evicted);
                }

                owned.Add(row);
            }
            else if (action == 1 && owned.Count > 0)
            {
                int row = owned[random.Next(owned.Count)];
                if (!kept.ContainsValue(row) && rows.Keep(row, ++key))
                {
                    kept.Add(key, row);
                }
            }
            else if (action == 2 && kept.Count > 0)
            {
                (long known, int row) = kept.ElementAt(random.Next(kept.Count));
                await Assert.That(rows.Share(known)).IsEqualTo(row);
                owned.Add(row);
            }
            else if (action == 3 && kept.Count > 0 && random.Next(3) == 0)
            {
                long known = kept.Keys.ElementAt(random.Next(kept.Count));
                rows.Forget(known);
                kept.Remove(known);
            }
            else if (owned.Count > 0)
            {
                int at = random.Next(owned.Count);
                rows.Release(owned[at]);
                owned.RemoveAt(at);
            }

            int[] unowned = [.. kept.Values.Except(owned)];
            await Assert.That((rows.Kept, rows.Free)).IsEqualTo((unowned.Length, 16 - unowned.Length - owned.Distinct().Count()));
            await Assert.That(kept.Keys.All(rows.IsKept)).IsTrue();
            await Assert.That(owned.All(row => rows.OwnersOf(row) == owned.Count(other => other == row))).IsTrue();
        }
    }

    private static int Keep(StateRows rows, long key)
    {
        int row = rows.Take();
        rows.Keep(row, key);
        rows.Release(row);
        return row;
    }
}
