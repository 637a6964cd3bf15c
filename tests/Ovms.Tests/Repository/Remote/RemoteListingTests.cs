using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Status;

namespace Ovms.Tests.Repository.Remote;

/// <summary>How a flat list of keys is read as versions with files.</summary>
public class RemoteListingTests
{
    private static readonly RemotePath s_path = RemotePath.Parse("s3://bucket/m").Value!;

    [Test]
    public async Task Versions_AreFoundInTheirOrderWithTheirFiles()
    {
        RemoteListing listing = Read("m/10/a.onnx", "m/9/x.xml", "m/9/x.bin", "m/9/sub/vocab.txt", "m/9/").Value!;

        await Assert.That(Show(listing)).IsEqualTo("9: sub/vocab.txt x.bin x.xml; 10: a.onnx");
        await Assert.That(listing.Warnings.Length).IsEqualTo(0);
    }

    [Test]
    public async Task KeysThatCouldLieOutside_AreRefused()
    {
        RemoteListing listing = Read("m/1/a.onnx", "m/1/../../etc/cron", "m/1//etc/passwd", "m/1/a\\..\\b").Value!;

        await Assert.That(Show(listing)).IsEqualTo("1: a.onnx");
        await Assert.That(listing.Warnings.Single()).Contains("m/1/../../etc/cron, m/1//etc/passwd, m/1/a\\..\\b are refused");
    }

    [Test]
    public async Task StrangeFolders_AreLeftOutWithAWarning()
    {
        RemoteListing listing = Read("m/1/a.onnx", "m/old/a.onnx", "m/0/a.onnx", "m/readme.txt", "m/01/a.onnx").Value!;

        await Assert.That(Show(listing)).IsEqualTo("1: a.onnx");
        await Assert.That(string.Join('|', listing.Warnings)).IsEqualTo(
            "Folder s3://bucket/m/1 is left out: s3://bucket/m/01 is version 1 already.|In s3://bucket/m, 0, old are left out: version folders are named by a number from 1.");
    }

    [Test]
    public async Task FilesOfAModelDirectlyInTheFolder_AreVersionOne() =>
        await Assert.That(Show(Read("m/saved_model.pb", "m/variables/variables.index").Value!)).IsEqualTo("1: saved_model.pb variables/variables.index");

    [Test]
    public async Task ModelFile_IsVersionOneWithWhatSharesItsName()
    {
        RemotePath file = RemotePath.Parse("s3://bucket/dir/model.xml").Value!;
        Outcome<RemoteListing> listing = RemoteListing.Of(file, [new("dir/model.xml", 1, "a"), new("dir/model.bin", 2, "b")]);

        await Assert.That(Show(listing.Value!)).IsEqualTo("1: model.bin model.xml");
        await Assert.That(RemoteListing.Of(file, [new("dir/model.bin", 2, "b")]).Code).IsEqualTo(StatusCode.NoModelVersionAvailable);
    }

    [Test]
    public async Task FolderMarkersOfStoresWithoutFolders_AreNoFiles() =>
        await Assert.That(Show(RemoteListing.Of(s_path, [new("m/1", 0, "d"), new("m/1/v", 0, "d"), new("m/1/v/x", 1, "e"), new("m/1/a.onnx", 1, "f")]).Value!)).IsEqualTo("1: a.onnx v/x");

    [Test]
    public async Task NothingThere_SaysWhatIsThere()
    {
        Outcome<RemoteListing> listing = Read("m/readme.txt", "m/old/a.onnx");

        await Assert.That(listing.Code).IsEqualTo(StatusCode.NoModelVersionAvailable);
        await Assert.That(listing.Text).Contains("it holds old/, readme.txt.").And.Contains("Put the model's files under s3://bucket/m/1/.");
    }

    [Test]
    public async Task TooManyFiles_AreRefused()
    {
        Outcome<RemoteListing> listing = RemoteListing.Of(s_path, Enumerable.Range(0, RemoteListing.MaxFiles + 1).Select(static i => new RemoteObject($"m/1/{i}", 1, "e")));

        await Assert.That(listing.Code).IsEqualTo(StatusCode.PathInvalid);
        await Assert.That(listing.Text).Contains($"{RemoteListing.MaxFiles + 1} files");
    }

    [Test]
    public async Task Fingerprint_ChangesWithNamesSizesAndMarksOnly()
    {
        RemoteObject[] files = [new("m/1/a.xml", 1, "x"), new("m/1/a.bin", 2, "y")];
        string same = Print([files[1], files[0]]);

        await Assert.That(Print(files)).IsEqualTo(same);
        await Assert.That(Print([files[0]])).IsNotEqualTo(same);
        await Assert.That(Print([files[0], files[1] with { Size = 3 }])).IsNotEqualTo(same);
        await Assert.That(Print([files[0], files[1] with { ETag = "z" }])).IsNotEqualTo(same);
        await Assert.That(Print([files[0], files[1] with { Key = "m/1/b.bin" }])).IsNotEqualTo(same);

        static string Print(RemoteObject[] objects) => RemoteListing.Of(s_path, objects).Value!.Versions.Single().Fingerprint;
    }

    private static Outcome<RemoteListing> Read(params string[] keys) => RemoteListing.Of(s_path, keys.Select(static key => new RemoteObject(key, key.EndsWith('/') ? 0 : 5, "e")));

    private static string Show(RemoteListing listing) =>
        string.Join("; ", listing.Versions.Select(static version => $"{version.Version}: {string.Join(' ', version.Files.Select(static file => file.Name))}"));
}
