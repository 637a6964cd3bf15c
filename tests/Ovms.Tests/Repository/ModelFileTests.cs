using System.Text;
using Ovms.Repository;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository;

/// <summary>Files as people have them: whole, missing a half, cut off, of another time.</summary>
public class ModelFileTests
{
    private static readonly string s_xml = File.ReadAllText(Path.Combine(Repo.Model("dummy"), "1", "dummy.xml"));
    private static readonly byte[] s_bin = File.ReadAllBytes(Path.Combine(Repo.Model("dummy"), "1", "dummy.bin"));

    [Test]
    [Arguments("dummy", "OpenVinoIr", "dummy.xml")]
    [Arguments("squeezenet", "Onnx", "model.onnx")]
    [Arguments("paddle_linear", "Paddle", "model.pdmodel")]
    [Arguments("half_plus_two", "TensorFlowSavedModel", "")]
    [Arguments("half_plus_two_frozen", "TensorFlowFrozen", "frozen.pb")]
    public async Task TestModels_AreFound(string model, string format, string file)
    {
        string folder = Path.Combine(Repo.Model(model), "1");

        Outcome<ModelFile> found = ModelFile.Find(folder);

        await Assert.That(found.Text).IsEqualTo("OK");
        await Assert.That(found.Value!.Format.ToString()).IsEqualTo(format);
        await Assert.That(found.Value.Path).IsEqualTo(file.Length == 0 ? folder : Path.Combine(folder, file));
    }

    [Test]
    public async Task SavedModelFile_StandsForItsFolder()
    {
        string folder = Path.Combine(Repo.Model("half_plus_two"), "1");

        await Assert.That(ModelFile.Find(Path.Combine(folder, "saved_model.pb")).Value!.Path).IsEqualTo(folder);
    }

    [Test]
    public async Task EmptyFolder_SaysWhatWouldBeRecognised()
    {
        using TemporaryFolder folder = new();
        folder.Touch("notes.txt", "sub/m.onnx");

        Outcome<ModelFile> found = ModelFile.Find(folder.Path);

        await Assert.That(found.Code).IsEqualTo(StatusCode.ModelFormatUnknown);
        await Assert.That(found.Text).EndsWith($"{folder.Path} holds no model: expected {ModelFormats.AllPatterns} directly in it; it holds sub/, notes.txt.");
    }

    [Test]
    [Arguments("m.bin", "give the .xml beside it")]
    [Arguments("m.pdiparams", "give the .pdmodel beside it")]
    [Arguments("m.zip", "is not named as a model is")]
    public async Task FileThatIsNoModel_IsRefused(string name, string why)
    {
        using TemporaryFolder folder = new();
        folder.Touch(name);

        Outcome<ModelFile> found = ModelFile.Find(folder[name]);

        await Assert.That(found.Code).IsEqualTo(StatusCode.ModelFormatUnknown);
        await Assert.That(found.Text).Contains(why);
    }

    [Test]
    [Arguments("m.onnx")]
    [Arguments("m.tflite")]
    [Arguments("m.xml")]
    [Arguments("m.pb")]
    public async Task EmptyFile_IsRefused(string name)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write(name, []);

        Outcome<ModelFile> found = ModelFile.Find(folder.Path);

        await Assert.That(found.Text).IsEqualTo($"Error while loading a model - {path} is empty. Copy it again.");
    }

    [Test]
    public async Task LargeFilePointer_IsKnownForWhatItIs()
    {
        using TemporaryFolder folder = new();
        folder.Write("m.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"u8);

        await Assert.That(ModelFile.Find(folder.Path).Text).Contains("git lfs pull");
    }

    [Test]
    [Arguments("squeezenet", "model.onnx")]
    [Arguments("half_plus_two_frozen", "frozen.pb")]
    [Arguments("half_plus_two", "saved_model.pb")]
    public async Task CutOffProtobuf_IsRefused(string model, string file)
    {
        using TemporaryFolder folder = new();
        byte[] whole = File.ReadAllBytes(Path.Combine(Repo.Model(model), "1", file));
        string path = folder.Write(file, whole.AsSpan(0, whole.Length / 2));

        Outcome<ModelFile> found = ModelFile.Find(folder.Path);

        await Assert.That(found.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(found.Text).Contains($"{path} is cut off: the field at byte ");
    }

    [Test]
    public async Task TextualGraph_IsLeftToTheEngine()
    {
        using TemporaryFolder folder = new();
        folder.Write("m.pb", "node { name: \"x\" }"u8);

        await Assert.That(ModelFile.Find(folder.Path).IsOk).IsTrue();
    }

    [Test]
    public async Task PaddleWithoutWeights_NamesTheFileThatIsMissing()
    {
        using TemporaryFolder folder = new();
        folder.Write("m.pdmodel", File.ReadAllBytes(Path.Combine(Repo.Model("paddle_linear"), "1", "model.pdmodel")));

        await Assert.That(ModelFile.Find(folder.Path).Text).Contains($"{folder["m.pdiparams"]} does not exist");
    }

    [Test]
    public async Task IrWithoutWeightsFile_NeedsNoneWhereTheModelHasNone()
    {
        using TemporaryFolder folder = new();
        folder.Write("m.xml", File.ReadAllBytes(Path.Combine(Repo.Model("passthrough_string"), "1", "passthrough_string.xml")));

        await Assert.That(ModelFile.Find(folder.Path).Text).IsEqualTo("OK");
    }

    [Test]
    public async Task IrWithoutItsWeights_SaysHowManyItNeeds()
    {
        using TemporaryFolder folder = new();
        string xml = folder.Write("m.xml", Encoding.UTF8.GetBytes(s_xml));

        Outcome<ModelFile> found = ModelFile.Find(folder.Path);

        await Assert.That(found.Text).IsEqualTo($"File not found or cannot open - {xml} needs {s_bin.Length} bytes of weights, and {folder["m.bin"]} does not exist. Copy it there.");
    }

    [Test]
    public async Task IrWithHalfItsWeights_SaysBothSizes()
    {
        using TemporaryFolder folder = new();
        folder.Write("m.xml", Encoding.UTF8.GetBytes(s_xml));
        folder.Write("m.bin", s_bin.AsSpan(0, 7));

        await Assert.That(ModelFile.Find(folder.Path).Text).Contains($"it has 7 bytes, and m.xml uses {s_bin.Length}");
    }

    [Test]
    [Arguments(12, "made by a newer OpenVINO; this one reads versions 10 to 11")]
    [Arguments(9, "is of IR version 9; this OpenVINO reads versions 10 to 11")]
    public async Task IrOfAnotherTime_SaysWhichVersionsAreRead(int version, string why)
    {
        using TemporaryFolder folder = new();
        folder.Write("m.xml", Encoding.UTF8.GetBytes(s_xml.Replace("""version="11">""", $"""version="{version}">""", StringComparison.Ordinal)));
        folder.Write("m.bin", s_bin);

        Outcome<ModelFile> found = ModelFile.Find(folder.Path);

        await Assert.That(found.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(found.Text).Contains(why);
    }

    [Test]
    public async Task SeveralModels_AreWarnedOf()
    {
        using TemporaryFolder folder = new();
        folder.Touch("b.onnx", "a.onnx");

        await Assert.That(ModelFile.Find(folder.Path).Value!.Warnings.Single()).IsEqualTo($"{folder.Path} holds several models of one format; a.onnx is served, b.onnx is left out.");
    }

    [Test]
    public async Task VanishedFolder_IsAFailureAndNoException()
    {
        using TemporaryFolder folder = new();

        await Assert.That(ModelFile.Find(folder["gone"]).Code).IsEqualTo(StatusCode.FileInvalid);
    }
}
