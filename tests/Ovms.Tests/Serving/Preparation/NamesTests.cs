using System.Text;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Preparation;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>Models whose ports are served under other names. The model is dummy: b (1,10) in, a (1,10) out.</summary>
public sealed class NamesTests
{
    private const string Mapping = """{"inputs": {"b": "numbers"}, "outputs": {"a": "b"}}""";

    [Test]
    public async Task MappedNames_AreServed()
    {
        using TemporaryFolder folder = Mapped(Mapping);
        using PreparedModel prepared = Prepared.PrepareAt(folder.Path, new ModelOptions { Shape = """{"numbers": "(4,10)"}""", Layout = """{"numbers": "NC", "b": "NC"}""" }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        Signature signature = SignatureReader.Read(compiled, prepared).Value!;

        await Assert.That(signature.Inputs.Single().Name).IsEqualTo("numbers");
        await Assert.That(signature.Inputs.Single().Shape.ToString()).IsEqualTo("(4,10)");
        await Assert.That(signature.Inputs.Single().Layout).IsEqualTo("NC");
        await Assert.That(signature.Outputs.Single().Name).IsEqualTo("b");
        await Assert.That(signature.Outputs.Single().Layout).IsEqualTo("NC");
    }

    [Test]
    [Arguments("""{"b": "(4,10)"}""", "", nameof(StatusCode.ConfigShapeMappedButUsedRealName))]
    [Arguments("""{"c": "(4,10)"}""", "", nameof(StatusCode.ConfigShapeIsNotInModel))]
    [Arguments("", """{"a": "NC"}""", nameof(StatusCode.ConfigLayoutMappedButUsedRealName))]
    [Arguments("", """{"c": "NC"}""", nameof(StatusCode.ConfigLayoutIsNotInModel))]
    public async Task SettingUnderAnotherName_IsRefused(string shape, string layout, string expected)
    {
        using TemporaryFolder folder = Mapped(Mapping);

        Outcome<PreparedModel> prepared = Prepared.PrepareAt(folder.Path, new ModelOptions { Shape = shape, Layout = layout });

        await Assert.That(prepared.Code.ToString()).IsEqualTo(expected);
        await Assert.That(prepared.Text).Contains("numbers");
    }

    [Test]
    [Arguments("""{"inputs": {"x": "y"}}""", "maps the input x to y, and the model has no such input; it has b.")]
    [Arguments("""{"outputs": {"b": "y"}}""", "maps the output b to y, and the model has no such output; it has a.")]
    public async Task NameThatTheModelHasNot_IsRefused(string mapping, string expected)
    {
        using TemporaryFolder folder = Mapped(mapping);

        Outcome<PreparedModel> prepared = Prepared.PrepareAt(folder.Path, new ModelOptions());

        await Assert.That(prepared.Code).IsEqualTo(StatusCode.MappingInvalid);
        await Assert.That(prepared.Text).Contains(expected);
    }

    [Test]
    public async Task NameOfAnotherPort_IsRefusedUnlessThatOneIsMappedToo()
    {
        PortInfo[] inputs = [.. Prepared.Prepare("summator", new ModelOptions()).Value!.Model.Inputs];
        (string first, string second) = (inputs[0].Name!, inputs[1].Name!);

        await Assert.That(Names(first, second).Check(inputs, []).Text).Contains($"maps the input {first} to {second}, which another input of the model is called");
        await Assert.That(new PortNames(Mapping2(first, second)).Check(inputs, []).IsOk).IsTrue();

        static PortNames Names(string from, string to) => new(NameMapping.None with { Inputs = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(new Dictionary<string, string> { [from] = to }) });
        static NameMapping Mapping2(string one, string other) => NameMapping.None with { Inputs = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(new Dictionary<string, string> { [one] = other, [other] = one }) };
    }

    private static TemporaryFolder Mapped(string mapping)
    {
        TemporaryFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repo.Model("dummy"), "1")))
        {
            folder.Write(Path.GetFileName(file), File.ReadAllBytes(file));
        }

        folder.Write(NameMapping.FileName, Encoding.UTF8.GetBytes(mapping));
        return folder;
    }
}
