using Ovms.Options;
using Ovms.SharedMemory;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.SharedMemory;

public sealed class SharedRegionsTests
{
    private static SharedRegions NewRegions(int most = 100) => new($"/{SharedObject.Prefix}", most);

    [Test]
    public async Task Region_IsListedUntilItIsUnregistered()
    {
        using SharedObject memory = new();
        SharedRegions regions = NewRegions();
        await Assert.That(regions.Register("r", memory.Key, 96, 4000).IsOk).IsTrue();
        await Assert.That(regions.Register("s", memory.Key[1..], 0, 4096).IsOk).IsTrue();

        SharedRegion found = regions.Find("r").Value!;
        await Assert.That($"{found.Name} {found.Key} {found.Offset} {found.ByteSize}").IsEqualTo($"r {memory.Key} 96 4000");
        await Assert.That(regions.All.Select(static region => region.Name)).IsEquivalentTo(["r", "s"]);

        regions.Unregister("r");
        regions.Unregister("never");
        await Assert.That(regions.All.Select(static region => region.Name)).IsEquivalentTo(["s"]);
        await Assert.That(regions.Find("r").Code).IsEqualTo(StatusCode.SharedMemoryRegionMissing);
        regions.Unregister("");
        await Assert.That(regions.All).IsEmpty();
        await Assert.That(regions.Open).IsEqualTo(0);
    }

    [Test]
    [Arguments(0UL, 0UL)]
    [Arguments(0UL, 4097UL)]
    [Arguments(1UL, 4096UL)]
    [Arguments(4096UL, 1UL)]
    [Arguments(1UL, ulong.MaxValue)]
    [Arguments(ulong.MaxValue, 1UL)]
    [Arguments(9223372036854775807UL, 1UL)]
    [Arguments(1UL, 9223372036854775807UL)]
    public async Task PartThatTheObjectDoesNotHave_IsInvalid(ulong offset, ulong byteSize)
    {
        using SharedObject memory = new();
        SharedRegions regions = NewRegions();
        Outcome refused = regions.Register("r", memory.Key, offset, byteSize);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
        await Assert.That(refused.Text).Contains($"{offset}").And.Contains($"{byteSize}");
        await Assert.That(regions.Open).IsEqualTo(0);
    }

    [Test]
    public async Task NameInUse_IsRefused()
    {
        using SharedObject memory = new();
        SharedRegions regions = NewRegions();
        await Assert.That(regions.Register("r", memory.Key, 0, 1).IsOk).IsTrue();
        await Assert.That(regions.Register("r", memory.Key, 0, 1).Code).IsEqualTo(StatusCode.SharedMemoryRegionExists);
        await Assert.That(regions.Register("", memory.Key, 0, 1).Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
        await Assert.That(regions.Register(new string('n', 256), memory.Key, 0, 1).Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
    }

    [Test]
    public async Task UnregisteredRegionInUse_StaysOpenAndCounts()
    {
        using SharedObject memory = new();
        memory.Write(0, 1, 2, 3);
        SharedRegions regions = NewRegions(most: 1);
        await Assert.That(regions.Register("r", memory.Key, 0, 4096).IsOk).IsTrue();
        SharedRegion leased = regions.Lease("r").Value!;
        regions.Unregister("r");

        await Assert.That(regions.Lease("r").Code).IsEqualTo(StatusCode.SharedMemoryRegionMissing);
        await Assert.That(ReadInts(leased, 3).SequenceEqual([1, 2, 3])).IsTrue();
        Outcome refused = regions.Register("s", memory.Key, 0, 1);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.SharedMemoryExhausted);
        await Assert.That(refused.Text).Contains("1 regions").And.Contains("--max_shared_memory_regions");

        leased.Release();
        await Assert.That(leased.TryLease()).IsFalse();
        await Assert.That(regions.Register("s", memory.Key, 0, 1).IsOk).IsTrue();
    }

    [Test]
    public async Task ObjectMadeSmaller_FailsReadsAndWrites_AndIsNotMadeLargerAgain()
    {
        using SharedObject memory = new(8192);
        SharedRegions regions = NewRegions();
        await Assert.That(regions.Register("r", memory.Key, 0, 8192).IsOk).IsTrue();
        SharedRegion region = regions.Find("r").Value!;
        memory.Length = 4100;

        Outcome read = region.Read(4096, new byte[8]);
        await Assert.That(read.Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
        await Assert.That(read.Text).Contains("made smaller").And.Contains("8 bytes at 4096").And.Contains("4100 bytes");
        await Assert.That(region.Write(4096, new byte[8]).Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
        await Assert.That(memory.Length).IsEqualTo(4100);
        await Assert.That(region.Write(4096, new byte[4]).IsOk).IsTrue();

        memory.Length = 0;
        await Assert.That(region.Read(0, new byte[1]).Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
        await Assert.That(region.Write(0, new byte[1]).Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
    }

    [Test]
    [Arguments(0, 100, true)]
    [Arguments(100, 0, true)]
    [Arguments(1, 100, false)]
    [Arguments(101, 0, false)]
    [Arguments(long.MaxValue, 1, false)]
    [Arguments(1, long.MaxValue, false)]
    public async Task Place_LiesInTheRegion(long offset, long size, bool isInside)
    {
        using SharedObject memory = new();
        SharedRegions regions = NewRegions();
        await Assert.That(regions.Register("r", memory.Key, 64, 100).IsOk).IsTrue();
        await Assert.That(regions.Find("r").Value!.CheckPlace(offset, size).IsOk).IsEqualTo(isInside);
    }

    [Test]
    public async Task PlacesCountFromTheRegionsOffset()
    {
        using SharedObject memory = new();
        memory.Write(100, 7, 8);
        SharedRegions regions = NewRegions();
        await Assert.That(regions.Register("r", memory.Key, 96, 64).IsOk).IsTrue();
        SharedRegion region = regions.Find("r").Value!;
        await Assert.That(ReadInts(region, 2, at: 4).SequenceEqual([7, 8])).IsTrue();
        await Assert.That(region.Write(8, BitConverter.GetBytes(9)).IsOk).IsTrue();
        await Assert.That(memory.Read<int>(100, 2).SequenceEqual([7, 9])).IsTrue();
    }

    [Test]
    [Arguments("link", "a symbolic link")]
    [Arguments("folder", "a folder")]
    [Arguments("pipe", "a named pipe")]
    [Arguments("nothing", "There is no shared memory object")]
    public async Task WhatIsNoObject_IsRefused(string kind, string part)
    {
        using SharedObject target = new();
        string key = $"{target.Key}_{kind}";
        string path = $"/dev/shm{key}";
        try
        {
            switch (kind)
            {
                case "link":
                    File.CreateSymbolicLink(path, target.Path);
                    break;
                case "folder":
                    Directory.CreateDirectory(path);
                    break;
                case "pipe":
                    using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [path]))
                    {
                        await made.WaitForExitAsync();
                    }

                    break;
            }

            Outcome refused = NewRegions().Register("r", key, 0, 1);
            await Assert.That(refused.Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
            await Assert.That(refused.Text).Contains(part);
        }
        finally
        {
            if (kind == "folder")
            {
                Directory.Delete(path);
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    [Test]
    public async Task WithoutTheOption_NothingIsRegistered()
    {
        SharedRegions none = SharedRegions.From(new ServerOptions(), 1000);
        await Assert.That(none.IsAllowed).IsFalse();
        Outcome refused = none.Register("r", "/ovms_test", 0, 1);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.SharedMemoryNotAllowed);
        await Assert.That(refused.Text).Contains("raw_input_contents");
        await Assert.That(none.Lease("r").Code).IsEqualTo(StatusCode.SharedMemoryRegionMissing);
        none.Unregister("");
        await Assert.That(none.All).IsEmpty();
    }

    [Test]
    [Arguments(256u, 100_000L, 256)]
    [Arguments(256u, 400L, 100)]
    [Arguments(0u, 400L, 100)]
    [Arguments(7u, null, 7)]
    [Arguments(0u, null, int.MaxValue)]
    public async Task MostRegions_LeaveFilesForConnections(uint option, long? openFiles, int most) => await Assert.That(
        SharedRegions.From(new ServerOptions { AllowSharedMemory = "x", MaxSharedMemoryRegions = option }, openFiles).Most).IsEqualTo(most);

    [Test]
    public async Task LeasesAndUnregistering_RaceWithoutLeavingAFileOpen()
    {
        using SharedObject memory = new();
        SharedRegions regions = NewRegions(1000);
        int served = 0;
        await Parallel.ForAsync(0, 4000, (i, _) =>
        {
            if (i % 4 == 0)
            {
                regions.Unregister("r");
            }
            else if (i % 4 == 1)
            {
                regions.Register("r", memory.Key, 0, 4096);
            }
            else if (regions.Lease("r") is { IsOk: true } leased)
            {
                served += leased.Value.Read(0, new byte[16]).IsOk ? 1 : 0;
                leased.Value.Release();
            }

            return ValueTask.CompletedTask;
        });
        regions.Unregister("");
        await Assert.That(served).IsGreaterThan(0);
        await Assert.That(regions.Open).IsEqualTo(0);
    }

    private static int[] ReadInts(SharedRegion region, int count, long at = 0)
    {
        byte[] bytes = new byte[count * sizeof(int)];
        return region.Read(at, bytes).IsOk ? [.. bytes.Chunk(sizeof(int)).Select(static part => BitConverter.ToInt32(part))] : [];
    }
}
