namespace Ovms.Native.Tests;

/// <summary>Memory that is reserved at once, and taken when it is used.</summary>
[NotInParallel]
public class PageMemoryTests
{
    private const long Large = 16L << 30;

    [Test]
    public async Task Reserved_CostsWhatIsTouched()
    {
        long before = Resident();
        using PageMemory memory = PageMemory.Reserve(Large);
        await Assert.That(memory.Size).IsEqualTo(Large);
        await Assert.That(Resident() - before).IsLessThan(64L << 20);

        // One page at the beginning, in the middle and at the end, each in a huge page of 2 MB at most.
        long[] places = [0, Large / 2, Large - 1];
        await Assert.That(places.Select(place => Exchange(memory, place, 7)).All(static old => old == 0)).IsTrue();
        await Assert.That(places.Select(place => Exchange(memory, place, 8)).All(static old => old == 7)).IsTrue();
        await Assert.That(Resident() - before).IsLessThan(64L << 20);
    }

    [Test]
    public async Task Freed_GivesItsPagesBackAndIsUsedNoMore()
    {
        const long Size = 256L << 20;
        PageMemory memory = PageMemory.Reserve(Size);
        for (long place = 0; place < Size; place += 4096)
        {
            Exchange(memory, place, 1);
        }

        long filled = Resident();
        memory.Dispose();
        await Assert.That(filled - Resident()).IsGreaterThan(Size / 2);
        await Assert.That(() => Exchange(memory, 0, 1)).Throws<ObjectDisposedException>();
        memory.Dispose();
    }

    [Test]
    public async Task Cleared_IsZeroThereAndNowhereElse()
    {
        using PageMemory memory = PageMemory.Reserve(10_000);
        foreach (long place in (long[])[999, 1000, 1999, 2000])
        {
            Exchange(memory, place, 5);
        }

        memory.Clear(1000, 1000);
        await Assert.That(string.Join(' ', new long[] { 999, 1000, 1999, 2000 }.Select(place => Exchange(memory, place, 5)))).IsEqualTo("5 0 0 5");
        await Assert.That(() => memory.Clear(9_000, 1_001)).Throws<ArgumentOutOfRangeException>();
        await Assert.That(() => memory.Clear(-1, 1)).Throws<ArgumentOutOfRangeException>();
    }

    private static unsafe byte Exchange(PageMemory memory, long place, byte value)
    {
        byte old = memory.Start[place];
        memory.Start[place] = value;
        return old;
    }

    private static long Resident()
    {
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10;
    }
}
