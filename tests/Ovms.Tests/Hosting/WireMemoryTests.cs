using System.Buffers;
using System.Runtime.InteropServices;
using Ovms.Hosting;
using Ovms.Tensors;

namespace Ovms.Tests.Hosting;

public sealed class WireMemoryTests
{
    private const int Kept = 1024;

    [Test]
    public async Task Block_IsAnArrayOf32Kibibytes()
    {
        using MemoryPool<byte> pool = new WireMemory().Create();
        using IMemoryOwner<byte> block = pool.Rent(4096);
        bool isArray = MemoryMarshal.TryGetArray(block.Memory, out ArraySegment<byte> array);
        await Assert.That(isArray).IsTrue();
        await Assert.That(array.Count).IsEqualTo(pool.MaxBufferSize).And.IsEqualTo(32 << 10);
    }

    [Test]
    public async Task LongerThanABlock_IsRefused()
    {
        using MemoryPool<byte> pool = new WireMemory().Create();
        await Assert.That(() => pool.Rent(pool.MaxBufferSize + 1)).Throws<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task BlocksInUse_AreApart()
    {
        using MemoryPool<byte> pool = new WireMemory().Create();
        IMemoryOwner<byte>[] blocks = [.. Enumerable.Range(0, 10).Select(_ => pool.Rent())];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i].Memory.Span.Fill((byte)i);
        }

        await Assert.That(blocks.Select((block, i) => block.Memory.Span.ContainsAnyExcept((byte)i))).DoesNotContain(true);
    }

    [Test]
    public async Task BlocksGivenBack_AreUsedAgain_UpToABound()
    {
        using MemoryPool<byte> pool = new WireMemory().Create();
        IMemoryOwner<byte>[] many = [.. Enumerable.Range(0, Kept + 10).Select(_ => pool.Rent())];
        foreach (IMemoryOwner<byte> block in many)
        {
            block.Dispose();
        }

        HashSet<IMemoryOwner<byte>> known = [.. many];
        int again = Enumerable.Range(0, Kept + 10).Select(_ => pool.Rent()).Count(known.Contains);
        await Assert.That(again).IsEqualTo(Kept);
    }

    [Test]
    public async Task BlocksThatNobodyUses_GoAtTheSecondLook_ButForAMebibyte()
    {
        using WireMemory.Pool pool = new();
        Use(pool, Kept);

        // They were in use since the look before the first.
        IdleShare first = pool.Shrink();
        await Assert.That(first).IsEqualTo(new IdleShare(Kept: 31 << 20, Garbage: 0));

        IdleShare second = pool.Shrink();
        await Assert.That(second.Garbage).IsEqualTo(31 << 20);
        await Assert.That(second.Kept).IsEqualTo(0);
        await Assert.That(pool.Shrink().Garbage).IsEqualTo(0);
    }

    [Test]
    public async Task BlocksInUse_KeepAsManyFromGoing()
    {
        using WireMemory.Pool pool = new();
        Use(pool, 500);
        pool.Shrink();
        Use(pool, 400);

        // 100 of 500 were not used since the last look.
        await Assert.That(pool.Shrink().Garbage).IsEqualTo(100L * (32 << 10));
        Use(pool, 400);
        await Assert.That(pool.Shrink().Garbage).IsEqualTo(0);
    }

    private static void Use(WireMemory.Pool pool, int count)
    {
        IMemoryOwner<byte>[] blocks = [.. Enumerable.Range(0, count).Select(_ => pool.Rent())];
        foreach (IMemoryOwner<byte> block in blocks)
        {
            block.Dispose();
        }
    }
}
