using System.Globalization;
using System.Runtime.InteropServices;

namespace Ovms.Native.Tests;

/// <summary>Of the C library; where it is not glibc there is nothing to give back.</summary>
public sealed class NativeHeapTests
{
    private const int Blocks = 100_000;
    private const int BlockBytes = 2000;

    [Test]
    [NotInParallel]
    public async Task FreedMemory_GoesBackToTheSystem()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip.Test("Linux tells a process what it holds.");
        }

        nint[] blocks = new nint[Blocks];
        for (int i = 0; i < Blocks; i++)
        {
            blocks[i] = Allocate(BlockBytes);
        }

        // What is kept between lies in the way of the C library's own giving back, which looks at the end of its heap only.
        for (int i = 0; i < Blocks; i++)
        {
            if (i % 100 != 99)
            {
                Free(blocks[i]);
            }
        }

        long before = ResidentKilobytes();
        NativeHeap.GiveBack();
        long after = ResidentKilobytes();
        for (int i = 99; i < Blocks; i += 100)
        {
            Free(blocks[i]);
        }

        await Assert.That(before - after).IsGreaterThan(Blocks * BlockBytes / 1024 / 2);
    }

    private static unsafe nint Allocate(int bytes)
    {
        void* block = NativeMemory.Alloc((nuint)bytes);
        NativeMemory.Fill(block, (nuint)bytes, 1);
        return (nint)block;
    }

    private static unsafe void Free(nint block) => NativeMemory.Free((void*)block);

    private static long ResidentKilobytes() => long.Parse(
        File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);
}
