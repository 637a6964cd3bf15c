using Ovms.Repository;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository;

/// <summary>What counts as a model in a folder of models.</summary>
public class ServableFoldersTests
{
    [Test]
    [Arguments("m/1/a.onnx", "m")]
    [Arguments("m/1/a.pb", "m")]
    [Arguments("m/12/saved_model.pb", "m")]
    [Arguments("m/1/a.tflite", "m")]
    [Arguments("m/1/a.xml m/1/a.bin", "m")]
    [Arguments("m/1/a.pdmodel m/1/a.pdiparams", "m")]
    [Arguments("m/graph.pbtxt", "m")]
    [Arguments("x/y/z/1/a.onnx x/y/w/2/a.onnx", "x/y/w x/y/z")]
    [Arguments("m/1/a.onnx m/sub/1/b.onnx", "m")]
    [Arguments("m/01/a.onnx", "")]
    [Arguments("m/0/a.onnx", "")]
    [Arguments("m/v1/a.onnx", "")]
    [Arguments("m/1/readme.txt", "")]
    [Arguments(".git/1/a.onnx", "")]
    [Arguments("1/a.onnx", "")]
    [Arguments("a.onnx", "")]
    public async Task Folders_AreFoundByWhatTheyHold(string files, string names)
    {
        using TemporaryFolder folder = new();
        folder.Touch(files.Split(' '));
        ServableFolders found = ServableFolders.Under(folder.Path + Path.DirectorySeparatorChar).Value!;
        await Assert.That(string.Join(' ', found.Found.Select(static one => one.Name))).IsEqualTo(names);
        await Assert.That(found.Found.All(one => one.Path == folder[Path.Combine(one.Name.Split('/'))])).IsTrue();
    }

    [Test]
    public async Task ModelWithoutVersions_IsTold()
    {
        using TemporaryFolder folder = new();
        folder.Touch("m/a.onnx");
        await Assert.That(ServableFolders.Under(folder.Path).Value!.Warnings.Single())
            .IsEqualTo($"{folder["m"]} is left out: it holds a model (ONNX) and no version folder; move its files into {folder[Path.Combine("m", "1")]}.");
    }

    [Test]
    public async Task LinksInACircle_EndTheSearch()
    {
        using TemporaryFolder folder = new();
        folder.Touch("a/x.txt", "m/1/a.onnx");
        Directory.CreateSymbolicLink(folder[Path.Combine("a", "up")], folder.Path);
        await Assert.That(ServableFolders.Under(folder.Path).Value!.Found.Select(static one => one.Name)).IsEquivalentTo(["m"]);
    }

    [Test]
    public async Task FileInPlaceOfTheFolder_IsTold()
    {
        using TemporaryFolder folder = new();
        folder.Touch("f");
        await Assert.That(ServableFolders.Under(folder["f"]).Detail).IsEqualTo($"{folder["f"]} is a file; expected the folder that holds the models' folders.");
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task LinkOutOfTheRepository_IsFollowedOnlyWhereThatIsAllowed(bool allowed)
    {
        using TemporaryFolder folder = new();
        folder.Touch("elsewhere/1/m.onnx", "models/inside/1/m.onnx");
        Directory.CreateSymbolicLink(folder["models/out"], folder["elsewhere"]);
        Directory.CreateSymbolicLink(folder["models/same"], "inside");

        ServableFolders found = ServableFolders.Under(folder["models"], allowed).Value!;

        await Assert.That(string.Join(' ', found.Found.Select(static model => model.Name))).IsEqualTo(allowed ? "inside out same" : "inside same");
        await Assert.That(found.Warnings.Length).IsEqualTo(allowed ? 0 : 1);
        await Assert.That(allowed || found.Warnings[0].Contains($"{folder["models/out"]} is left out: it leads to ", StringComparison.Ordinal)).IsTrue();
    }
}
