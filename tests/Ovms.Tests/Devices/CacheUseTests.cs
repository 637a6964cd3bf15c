using Ovms.Devices;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

public sealed class CacheUseTests
{
    [Test]
    [Arguments("YES", false, "GPU", "hit", false)]
    [Arguments("YES", true, "GPU", "hit", false)]
    [Arguments("NO", true, "GPU", "no hit, entry added", false)]
    [Arguments("NO", true, "AUTO:GPU,CPU", "no hit, entry added", false)]
    [Arguments("NO", false, "GPU", "no hit, no entry added", true)]
    [Arguments("NO", false, "MULTI:GPU,CPU", "no hit, no entry added", true)]
    [Arguments(null, false, "GPU", "no hit, no entry added", true)]
    [Arguments("NO", false, "AUTO:GPU,CPU", "no hit", false)]
    public async Task Use_IsToldAndAMissingEntryIsAWarning(string? loaded, bool writes, string target, string word, bool warns)
    {
        using TemporaryFolder folder = new();
        folder.Touch("earlier.blob");
        CacheUse use = new(folder.Path);
        if (writes)
        {
            folder.Touch("new.blob");
        }

        (string told, string? warning) = use.Find(loaded, TargetDevice.Parse(target).Value!);

        await Assert.That(told).IsEqualTo(word);
        await Assert.That(warning is not null).IsEqualTo(warns);
        await Assert.That(warning ?? folder.Path).Contains(folder.Path);
    }

    [Test]
    public async Task DiskWithoutRoomForTheModel_IsToldWithWhatIsFree()
    {
        // The trial file of the folder's check may fit where the compiled model does not.
        using FullDisk disk = FullDisk.MountOrSkip();
        (_, string? warning) = new CacheUse(disk.Path).Find("NO", TargetDevice.Parse("GPU").Value!);

        await Assert.That(warning!).Contains("on whose disk 0 KiB are free");
    }
}
