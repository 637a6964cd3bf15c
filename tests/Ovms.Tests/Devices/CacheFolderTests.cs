using Ovms.Devices;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

public sealed class CacheFolderTests
{
    [Test]
    public async Task FolderThatCanBeMade_IsMadeAndLeftEmpty()
    {
        using TemporaryFolder folder = new();

        await Assert.That(CacheFolder.WhyUnusable(folder["a/b"])).IsNull();
        await Assert.That(Directory.EnumerateFileSystemEntries(folder["a/b"])).IsEmpty();
    }

    [Test]
    public async Task FolderBelowAFile_SaysWhy()
    {
        using TemporaryFolder folder = new();
        folder.Touch("file");

        await Assert.That(CacheFolder.WhyUnusable(folder["file/cache"])!).Contains("file");
    }

    [Test]
    public async Task FolderThatNobodyMayMake_SaysWhy()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip.Test("Only Linux has /proc, where not even root makes folders.");
        }

        await Assert.That(CacheFolder.WhyUnusable("/proc/ovms-cache")).IsNotNull();
    }

    [Test]
    public async Task FullDisk_SaysWhyAndLeavesNothing()
    {
        using FullDisk disk = FullDisk.MountOrSkip();

        await Assert.That(CacheFolder.WhyUnusable(disk.Path)!).Contains("space");
        await Assert.That(Directory.EnumerateFileSystemEntries(disk.Path).Count()).IsEqualTo(1);
    }
}
