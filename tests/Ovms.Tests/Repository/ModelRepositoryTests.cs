using Ovms.Repository;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository;

/// <summary>What a base path can be, and what is said when it is nothing of that.</summary>
public class ModelRepositoryTests
{
    [Test]
    public async Task VersionFolders_AreFoundInTheirOrder()
    {
        using TemporaryFolder folder = new();
        folder.Touch("10/m.onnx", "9/m.onnx", "0100/m.onnx");

        ModelRepository repository = ModelRepository.Open(folder.Path + "/").Value!;

        await Assert.That(string.Join(' ', repository.Versions.Select(static version => version.Version))).IsEqualTo("9 10 100");
        await Assert.That(repository.Versions[2].Path).IsEqualTo(folder["0100"]);
        await Assert.That(repository.Warnings.Length).IsEqualTo(0);
    }

    [Test]
    public async Task StrangeFolders_AreLeftOutWithAWarningEach()
    {
        using TemporaryFolder folder = new();
        folder.Touch("1/m.onnx", "0/m.onnx", "old/m.onnx", "-2/m.onnx", "1a/m.onnx", ".cache/x", "99999999999999999999/m.onnx", "01/m.onnx");

        ModelRepository repository = ModelRepository.Open(folder.Path).Value!;

        await Assert.That(string.Join(' ', repository.Versions.Select(static version => version.Version))).IsEqualTo("1");
        await Assert.That(string.Join('\n', repository.Warnings)).IsEqualTo($"""
            Folder {folder["0"]} is left out: versions are numbers from 1 to 9223372036854775807.
            Folder {folder["1"]} is left out: {folder["01"]} is version 1 already.
            Folder {folder["99999999999999999999"]} is left out: versions are numbers from 1 to 9223372036854775807.
            In {folder.Path}, -2, 1a, old are left out: version folders are named by a number from 1.
            """);
    }

    [Test]
    [Arguments("m.onnx")]
    [Arguments("m.xml")]
    [Arguments("saved_model.pb")]
    public async Task FilesDirectlyInTheFolder_AreVersionOne(string file)
    {
        using TemporaryFolder folder = new();
        folder.Touch(file, "variables/variables.index");

        ModelRepository repository = ModelRepository.Open(folder.Path).Value!;

        await Assert.That(repository.Versions.Single()).IsEqualTo(new ModelVersionFolder(1, folder.Path));
        await Assert.That(repository.Warnings.Length).IsEqualTo(0);
    }

    [Test]
    public async Task File_IsVersionOne()
    {
        using TemporaryFolder folder = new();
        folder.Touch("deep/m.onnx");

        ModelRepository repository = ModelRepository.Open(folder["deep/../deep/m.onnx"]).Value!;

        await Assert.That(repository.Versions.Single()).IsEqualTo(new ModelVersionFolder(1, folder["deep/m.onnx"]));
    }

    [Test]
    public async Task LinkedVersionFolder_IsFollowed()
    {
        using TemporaryFolder folder = new();
        folder.Touch("store/m.onnx");
        Directory.CreateDirectory(folder["base"]);
        Directory.CreateSymbolicLink(folder["base/3"], folder["store"]);

        await Assert.That(ModelRepository.Open(folder["base"]).Value!.Versions.Single().Version).IsEqualTo(3);
    }

    [Test]
    public async Task MissingPath_IsRefusedByItsFullName()
    {
        using TemporaryFolder folder = new();

        Outcome<ModelRepository> repository = ModelRepository.Open(folder["no/such"]);

        await Assert.That(repository.Code).IsEqualTo(StatusCode.PathInvalid);
        await Assert.That(repository.Text).StartsWith($"The provided base path is invalid or doesn't exists - {folder["no/such"]} does not exist; give a folder");
    }

    [Test]
    [Arguments("", "empty")]
    [Arguments("  ", "empty")]
    [Arguments("a\0b", "NUL")]
    [Arguments("s3://bucket/model", "object store")]
    [Arguments("azfs://share/model", "object store")]
    public async Task PathThatIsNone_IsRefused(string path, string why)
    {
        Outcome<ModelRepository> repository = ModelRepository.Open(path);

        await Assert.That(repository.Code).IsEqualTo(StatusCode.PathInvalid);
        await Assert.That(repository.Text).Contains(why);
    }

    [Test]
    public async Task NothingToServe_ListsWhatIsThereAndWhatWouldBe()
    {
        using TemporaryFolder folder = new();
        folder.Touch("readme.txt", "0/m.onnx", "models/1/m.onnx");

        Outcome<ModelRepository> repository = ModelRepository.Open(folder.Path);

        await Assert.That(repository.Code).IsEqualTo(StatusCode.NoModelVersionAvailable);
        await Assert.That(repository.Text).Contains("it holds models/, readme.txt.");
        await Assert.That(repository.Text).Contains(".onnx, .pdmodel");
        await Assert.That(repository.Text).Contains($"Folder {folder["0"]} is left out");
        await Assert.That(repository.Text).Contains($"Move the model's files into {folder["1"]}");
    }

    [Test]
    public async Task Graph_IsNamedAsSuch()
    {
        using TemporaryFolder folder = new();
        folder.Touch("graph.pbtxt");

        await Assert.That(ModelRepository.Open(folder.Path).Text).Contains("MediaPipe graph").And.Contains("list it in mediapipe_config_list");
    }

    [Test]
    public async Task ForbiddenFolder_IsSaidToBeForbidden()
    {
        Skip.When(Environment.IsPrivilegedProcess, "A privileged user may read every folder, so none can be forbidden here.");
        if (OperatingSystem.IsWindows())
        {
            Skip.Test("Folders are forbidden by other means on Windows.");
            return;
        }

        using TemporaryFolder folder = new();
        folder.Touch("closed/1/m.onnx");
        File.SetUnixFileMode(folder["closed"], UnixFileMode.None);

        Outcome<ModelRepository> repository = ModelRepository.Open(folder["closed"]);
        File.SetUnixFileMode(folder["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await Assert.That(repository.Code).IsEqualTo(StatusCode.PathInvalid);
        await Assert.That(repository.Text).Contains("may not be read by user");
    }
}
