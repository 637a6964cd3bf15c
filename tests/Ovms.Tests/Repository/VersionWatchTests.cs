using Ovms.Repository;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository;

public sealed class VersionWatchTests
{
    private static readonly DateTime s_then = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Test]
    public async Task Files_AreSettledWhenTwoLooksSeeTheSame()
    {
        using TemporaryFolder folder = new();
        folder.Write("1/model.xml", "first"u8);
        VersionWatch watch = new();
        VersionOnDisk first = Look(watch, folder["1"]);
        VersionOnDisk second = Look(watch, folder["1"]);
        await Assert.That((first.IsSettled, second.IsSettled)).IsEqualTo((false, true));
        await Assert.That(second.Stamp).IsEqualTo(first.Stamp);

        folder.Write("1/model.bin", "more"u8);
        VersionOnDisk third = Look(watch, folder["1"]);
        await Assert.That(third.IsSettled).IsFalse();
        await Assert.That(third.Stamp).IsNotEqualTo(first.Stamp);
        await Assert.That(Look(watch, folder["1"])).IsEqualTo(third with { IsSettled = true });
    }

    [Test]
    [Arguments("FIRST", false)]
    [Arguments("first", true)]
    public async Task NewTimes_AreAChangeOnlyWithNewContents(string content, bool isSame)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("1/variables/data", "first"u8);
        File.SetLastWriteTimeUtc(file, s_then);
        VersionWatch watch = new();
        VersionOnDisk before = Look(watch, folder["1"]);
        Look(watch, folder["1"]);
        File.WriteAllText(file, content);
        File.SetLastWriteTimeUtc(file, s_then.AddHours(1));
        VersionOnDisk after = Look(watch, folder["1"]);
        await Assert.That(after.Stamp == before.Stamp).IsEqualTo(isSame);
        await Assert.That(after.IsSettled).IsEqualTo(isSame);
    }

    [Test]
    public async Task Links_AreFollowed()
    {
        using TemporaryFolder folder = new();
        string target = folder.Write("store/blob", "first"u8);
        Directory.CreateDirectory(folder["1"]);
        File.CreateSymbolicLink(folder["1/model.onnx"], target);
        VersionWatch watch = new();
        VersionOnDisk before = Look(watch, folder["1"]);
        File.WriteAllText(target, "longer than before");
        await Assert.That(Look(watch, folder["1"]).Stamp).IsNotEqualTo(before.Stamp);
    }

    [Test]
    public async Task ModelFile_ChangesWithTheFilesThatShareItsName()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("model.xml", "x"u8);
        VersionWatch watch = new();
        VersionOnDisk before = Look(watch, file);
        folder.Write("other.bin", "x"u8);
        await Assert.That(Look(watch, file).Stamp).IsEqualTo(before.Stamp);
        folder.Write("model.bin", "x"u8);
        await Assert.That(Look(watch, file).Stamp).IsNotEqualTo(before.Stamp);
    }

    [Test]
    public async Task FolderThatIsGone_IsNoFaultOfTheLook()
    {
        using TemporaryFolder folder = new();
        VersionWatch watch = new();
        await Assert.That(Look(watch, folder["1"]).IsSettled).IsFalse();
        await Assert.That(Look(watch, folder["1"]).IsSettled).IsTrue();
    }

    [Test]
    public async Task WhatIsNotAskedFor_IsForgotten()
    {
        using TemporaryFolder folder = new();
        folder.Write("1/model.xml", "first"u8);
        VersionWatch watch = new();
        Look(watch, folder["1"]);
        watch.BeginLook();
        await Assert.That(Look(watch, folder["1"]).IsSettled).IsFalse();
    }

    private static VersionOnDisk Look(VersionWatch watch, string path)
    {
        watch.BeginLook();
        return watch.Look(new ModelVersionFolder(1, path));
    }
}
