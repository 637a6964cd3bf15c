using Ovms.Devices.Cpu;

namespace Ovms.Tests.Devices.Cpu;

public sealed class CgroupPathTests
{
    private const string V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";
    private const string V1 = "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct";

    [Test]
    [Arguments(V2, "0::/", "", "/sys/fs/cgroup")]
    [Arguments(V2, "0::/a/b", "", "/sys/fs/cgroup/a/b /sys/fs/cgroup/a /sys/fs/cgroup")]
    [Arguments(V1, "4:cpu,cpuacct:/docker/x", "cpu", "/sys/fs/cgroup/cpu,cpuacct/docker/x /sys/fs/cgroup/cpu,cpuacct/docker /sys/fs/cgroup/cpu,cpuacct")]
    [Arguments(V1, "4:cpuset:/x", "cpu", "")]
    [Arguments(V1, "4:cpu,cpuacct:/x", "cpuset", "")]
    [Arguments(V2, "4:cpu,cpuacct:/x", "cpu", "")]
    [Arguments(V2, "4:cpu,cpuacct:/x", "", "")]
    [Arguments("", "0::/", "", "")]
    [Arguments(V2, "", "", "")]
    public async Task Levels_GoFromTheGroupUpToTheMount(string mounts, string groups, string controller, string expected) =>
        await Assert.That(string.Join(' ', CgroupPath.Levels([mounts], [groups], controller))).IsEqualTo(expected);

    [Test]
    [Arguments("/docker/x", "/docker/x", "/c")]
    [Arguments("/docker/x", "/docker/x/y", "/c/y /c")]
    [Arguments("/docker/x", "/docker/xy", "/c")]
    [Arguments("/docker/x", "/elsewhere", "/c")]
    [Arguments("/", "/../../outside", "/c")]
    [Arguments("/..", "/../outside", "/c")]
    public async Task MountThatShowsAPart_IsFollowedAsFarAsItGoes(string root, string group, string expected) =>
        await Assert.That(string.Join(' ', CgroupPath.Levels([$"1 2 0:3 {root} /c rw - cgroup2 none rw"], [$"0::{group}"], ""))).IsEqualTo(expected);

    [Test]
    public async Task SeveralMounts_TheOneThatShowsTheGroupIsTaken()
    {
        string[] mounts = ["1 2 0:3 /other /a rw - cgroup2 none rw", "1 2 0:3 /mine /b rw - cgroup2 none rw"];
        await Assert.That(CgroupPath.Levels(mounts, ["0::/mine/x"], "")).IsEquivalentTo(["/b/x", "/b"]);
    }

    [Test]
    public async Task BothVersionsMounted_EachIsFoundByItsController()
    {
        string[] groups = ["3:cpuset:/s", "1:cpu,cpuacct:/c", "0::/u", "9:name=systemd:/d:with:colons"];
        string[] mounts = [V2.Replace("/sys/fs/cgroup ", "/sys/fs/cgroup/unified ", StringComparison.Ordinal), V1];
        await Assert.That(CgroupPath.Levels(mounts, groups, "")[0]).IsEqualTo("/sys/fs/cgroup/unified/u");
        await Assert.That(CgroupPath.Levels(mounts, groups, "cpu")[0]).IsEqualTo("/sys/fs/cgroup/cpu,cpuacct/c");
        await Assert.That(CgroupPath.Levels(mounts, groups, "cpuset")).IsEmpty();
    }

    [Test]
    public async Task EscapedMountPoint_IsWrittenOut() =>
        await Assert.That(CgroupPath.Levels([@"1 2 0:3 / /a\040b\134c rw - cgroup2 none rw"], ["0::/"], "")).IsEquivalentTo([@"/a b\c"]);

    [Test]
    [Arguments("garbage")]
    [Arguments("1 2 3 - cgroup2")]
    [Arguments(" - ")]
    public async Task BrokenLine_IsPassedOver(string line) =>
        await Assert.That(CgroupPath.Levels([line, V2], ["garbage", "0::/"], "")).IsEquivalentTo(["/sys/fs/cgroup"]);
}
