using System.Text;
using Ovms.Repository;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository;

/// <summary>The file with other names for a model's ports.</summary>
public sealed class NameMappingTests
{
    [Test]
    public async Task NoFile_RenamesNothing()
    {
        using TemporaryFolder folder = new();

        await Assert.That(NameMapping.Read(folder.Path).Value).IsSameReferenceAs(NameMapping.None);
    }

    [Test]
    [Arguments("")]
    [Arguments("m.onnx")]
    public async Task File_IsReadInTheFolderAndBesideASingleFile(string model)
    {
        using TemporaryFolder folder = new();
        folder.Touch("m.onnx");
        folder.Write(NameMapping.FileName, """{"inputs": {"b": "pixels"}, "outputs": {"a": "classes", "c": "boxes"}}"""u8);

        NameMapping names = NameMapping.Read(folder[model].TrimEnd('/')).Value!;

        await Assert.That(names.Inputs["b"]).IsEqualTo("pixels");
        await Assert.That(names.Outputs["a"]).IsEqualTo("classes");
        await Assert.That(names.Outputs["c"]).IsEqualTo("boxes");
    }

    [Test]
    public async Task ByteOrderMarkAndLineEnds_AreNoFault()
    {
        using TemporaryFolder folder = new();
        folder.Write(NameMapping.FileName, Encoding.UTF8.GetBytes("\uFEFF{\r\n\"inputs\": {\"b\": \"pixels\"}\r\n}\r\n"));

        Outcome<NameMapping> names = NameMapping.Read(folder.Path);

        await Assert.That(names.Text).IsEqualTo("OK");
        await Assert.That(names.Value!.Inputs["b"]).IsEqualTo("pixels");
    }

    [Test]
    [Arguments("{", "is no JSON of this form")]
    [Arguments("", "is no JSON of this form")]
    [Arguments("""{"inputs": {"b": "\ud800"}}""", "is no JSON of this form")]
    [Arguments("""{"\udc00": {}}""", "is no JSON of this form")]
    [Arguments("[]", "holds []")]
    [Arguments("""{"input": {}}""", "has the key input")]
    [Arguments("""{"inputs": ["b"]}""", """has inputs: ["b"]""")]
    [Arguments("""{"inputs": {"b": 1}}""", "has inputs.b: 1, which is no name")]
    [Arguments("""{"outputs": {"a": ""}}""", "has outputs.a: \"\", which is no name")]
    [Arguments("""{"inputs": {"b": "x", "b": "y"}}""", "is no JSON of this form")]
    [Arguments("""{"inputs": {"b": "x", "c": "x"}}""", "gives the inputs b and c the same name, x")]
    public async Task FileOfAnotherForm_IsRefusedWithASentence(string json, string expected)
    {
        using TemporaryFolder folder = new();
        folder.Write(NameMapping.FileName, Encoding.UTF8.GetBytes(json));

        Outcome<NameMapping> names = NameMapping.Read(folder.Path);

        await Assert.That(names.Code).IsEqualTo(StatusCode.MappingInvalid);
        await Assert.That(names.Text).Contains($"{folder[NameMapping.FileName]} {expected}").And.Contains("expected {\"inputs\"");
    }

    [Test]
    public async Task HugeFile_IsNotRead()
    {
        using TemporaryFolder folder = new();
        folder.Write(NameMapping.FileName, new byte[(1 << 20) + 1]);

        await Assert.That(NameMapping.Read(folder.Path).Text).Contains("has 1048577 bytes");
    }

    [Test]
    [Arguments("")]
    [Arguments("m.onnx")]
    public async Task ChangedNames_AreAnotherVersion(string model)
    {
        using TemporaryFolder folder = new();
        folder.Touch("m.onnx");
        string path = folder[model].TrimEnd('/');
        FilesStamp before = FilesSeen.At(path).ToStamp();
        folder.Write(NameMapping.FileName, "{}"u8);

        await Assert.That(FilesSeen.At(path).ToStamp()).IsNotEqualTo(before);
    }
}
