using Ovms.Repository;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository;

/// <summary>Which paths and links may be followed.</summary>
public sealed class PathFenceTests
{
    [Test]
    [Arguments("../models/m", false)]
    [Arguments("/models/../m", false)]
    [Arguments("/models/m/..", false)]
    [Arguments("..", false)]
    [Arguments("/models/m", true)]
    [Arguments("/models/..data/m", true)]
    [Arguments("/models/a..b/m...", true)]
    [Arguments("./m", true)]
    public async Task ParentInTheText_IsRefused(string path, bool expected)
    {
        Outcome outcome = PathFence.CheckText(path);

        await Assert.That(outcome.IsOk).IsEqualTo(expected);
        await Assert.That(outcome.Code).IsEqualTo(expected ? StatusCode.Ok : StatusCode.PathInvalid);
        await Assert.That(expected || outcome.Text.Contains("--allow_outside_paths", StringComparison.Ordinal)).IsTrue();
    }

    [Test]
    public async Task VersionFolderThatLeadsElsewhere_IsRefused()
    {
        using TemporaryFolder folder = new();
        folder.Touch("store/m.onnx", "base/1/m.onnx");
        Directory.CreateSymbolicLink(folder["base/3"], folder["store"]);
        Directory.CreateSymbolicLink(folder["base/4"], "../store");
        Directory.CreateSymbolicLink(folder["base/5"], "1");

        await Assert.That(Check(folder, "base", "base/1")).IsEqualTo("OK");
        await Assert.That(Check(folder, "base", "base/3")).Contains($"{folder["base/3"]} leads to ").And.Contains($"store, outside {folder["base"]}");
        await Assert.That(Check(folder, "base", "base/4")).Contains("store, outside");
        await Assert.That(Check(folder, "base", "base/5")).IsEqualTo("OK");
    }

    [Test]
    public async Task FileThatLeadsElsewhere_IsRefused()
    {
        using TemporaryFolder folder = new();
        folder.Touch("secret", "base/1/m.onnx", "base/2/saved_model.pb", "base/2/variables/variables.index", "base/shared.bin", "base/3/m.xml");
        File.CreateSymbolicLink(folder["base/1/weights.bin"], folder["secret"]);
        File.CreateSymbolicLink(folder["base/2/variables/variables.data-00000-of-00001"], "../../../secret");
        File.CreateSymbolicLink(folder["base/3/m.bin"], "../shared.bin");

        await Assert.That(Check(folder, "base", "base/1")).Contains("weights.bin leads to ");
        await Assert.That(Check(folder, "base", "base/2")).Contains("variables.data-00000-of-00001 leads to ");
        await Assert.That(Check(folder, "base", "base/3")).IsEqualTo("OK");
    }

    [Test]
    public async Task FolderBesideWithTheSameBeginning_IsOutside()
    {
        using TemporaryFolder folder = new();
        folder.Touch("base-secret/m.onnx", "base/keep");
        Directory.CreateSymbolicLink(folder["base/1"], folder["base-secret"]);

        await Assert.That(Check(folder, "base", "base/1")).Contains("base-secret, outside");
    }

    [Test]
    public async Task BasePathThatIsALink_IsWhereItLeads()
    {
        using TemporaryFolder folder = new();
        folder.Touch("store/m/1/m.onnx");
        Directory.CreateSymbolicLink(folder["current"], folder["store"]);

        await Assert.That(Check(folder, "current/m", "current/m/1")).IsEqualTo("OK");
        await Assert.That(Check(folder, "current/m/1/m.onnx", "current/m/1/m.onnx")).IsEqualTo("OK");
    }

    /// <summary>The volume of a ConfigMap with the keys 1/m.onnx and m/1/m.onnx.</summary>
    [Test]
    public async Task VolumeOfKubernetes_IsOneFolder()
    {
        using TemporaryFolder folder = new();
        const string State = "volume/..2024_05_01_10_00_00.123";
        folder.Touch($"{State}/1/m.onnx", $"{State}/m/1/m.onnx", $"{State}/m.xml", $"{State}/m.bin", "secret");
        Directory.CreateSymbolicLink(folder["volume/..data"], Path.GetFileName(State));
        Directory.CreateSymbolicLink(folder["volume/1"], "..data/1");
        Directory.CreateSymbolicLink(folder["volume/m"], "..data/m");
        File.CreateSymbolicLink(folder["volume/m.xml"], "..data/m.xml");
        File.CreateSymbolicLink(folder["volume/m.bin"], "..data/m.bin");
        File.CreateSymbolicLink(folder[$"{State}/m/1/bad.bin"], folder["secret"]);

        await Assert.That(Check(folder, "volume", "volume/1")).IsEqualTo("OK");
        await Assert.That(Check(folder, "volume/m.xml", "volume/m.xml")).IsEqualTo("OK");
        await Assert.That(Check(folder, "volume/m", "volume/m/1")).Contains("bad.bin leads to ");
        File.Delete(folder[$"{State}/m/1/bad.bin"]);
        await Assert.That(Check(folder, "volume/m", "volume/m/1")).IsEqualTo("OK");

        // A link that was exchanged meanwhile leads to the next state of the same volume.
        folder.Touch("volume/..2024_05_02/m/1/m.onnx");
        Directory.CreateSymbolicLink(folder[$"{State}/m/2"], "../../..2024_05_02/m/1");
        await Assert.That(Check(folder, "volume/m", "volume/m/2")).IsEqualTo("OK");
    }

    [Test]
    public async Task WeightsBesideASingleFile_CountToo()
    {
        using TemporaryFolder folder = new();
        folder.Touch("base/m.xml", "secret");
        File.CreateSymbolicLink(folder["base/m.bin"], folder["secret"]);

        await Assert.That(Check(folder, "base/m.xml", "base/m.xml")).Contains("m.bin leads to ");
    }

    [Test]
    public async Task LinksInACircle_AreRefused()
    {
        using TemporaryFolder folder = new();
        folder.Touch("base/1/m.onnx");
        File.CreateSymbolicLink(folder["base/1/a.bin"], "b.bin");
        File.CreateSymbolicLink(folder["base/1/b.bin"], "a.bin");

        await Assert.That(Check(folder, "base", "base/1")).Contains("is a link that leads in a circle");
    }

    [Test]
    public async Task ObjectStore_HasNoLinks()
    {
        await Assert.That(PathFence.CheckLinks("s3://bucket/m", "/anywhere/else").IsOk).IsTrue();
    }

    private static string Check(TemporaryFolder folder, string basePath, string version)
    {
        Outcome outcome = PathFence.CheckLinks(folder[basePath], folder[version]);
        return outcome.Code is StatusCode.Ok or StatusCode.PathInvalid ? outcome.Text : $"not {StatusCode.PathInvalid}: {outcome}";
    }
}
