using System.Text;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Preparation;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>Names of ports.</summary>
public class SignatureReaderTests
{
    [Test]
    public async Task PortsWithoutName_AreNamedByTheirPlace()
    {
        Signature signature = Read([Port(0, null), Port(1, "x")], [Port(0, "a"), Port(1, null)]).Value!;

        await Assert.That(string.Join(' ', signature.Inputs.Select(static info => info.Name))).IsEqualTo("in_0 x");
        await Assert.That(string.Join(' ', signature.Outputs.Select(static info => info.Name))).IsEqualTo("a out_1");
    }

    [Test]
    public async Task OneNameOnBothSides_IsAllowed() =>
        await Assert.That(Read([Port(0, "x")], [Port(0, "x")]).Text).IsEqualTo("OK");

    [Test]
    public async Task OneNameTwice_IsAFailureThatNamesThePorts()
    {
        Outcome<Signature> signature = Read([Port(0, "x")], [Port(0, "out_1"), Port(1, null)]);

        await Assert.That(signature.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(signature.Text).Contains("The outputs 0 and 1 would both be served as out_1");
    }

    [Test]
    public async Task CompiledModel_IsDescribedWithTheLayoutsServed()
    {
        ModelFile file = ModelFile.Find(Path.Combine(Repo.Model("increment_1x3x4x5"), "1")).Value!;

        Signature signature = ReadCompiled(file, new ModelOptions { Layout = "NHWC:NCHW", BatchSize = "1:8" });

        await Assert.That(Describe(signature)).IsEqualTo("input F32 ([1~8],4,5,3) NHWC 0 -> output F32 ([1~8],3,4,5) N... 0");
    }

    [Test]
    public async Task CompiledModelWithoutNames_IsNamedByItsPlaces()
    {
        using TemporaryFolder folder = new();
        string model = Path.Combine(Repo.Model("increment_1x3x4x5"), "1", "increment_1x3x4x5");
        string xml = File.ReadAllText(model + ".xml")
            .Replace(" names=\"input\"", "", StringComparison.Ordinal)
            .Replace(" names=\"output\"", "", StringComparison.Ordinal)
            .Replace(" output_names=\"output\"", "", StringComparison.Ordinal);
        folder.Write("m.xml", Encoding.UTF8.GetBytes(xml));
        folder.Write("m.bin", File.ReadAllBytes(model + ".bin"));

        Signature signature = ReadCompiled(ModelFile.Find(folder.Path).Value!, new ModelOptions { Layout = """{"in_0":"NCHW","out_0":"NCHW"}""" });

        await Assert.That(Describe(signature)).IsEqualTo("in_0 F32 (1,3,4,5) NCHW 0 -> out_0 F32 (1,3,4,5) NCHW 0");
    }

    [Test]
    public async Task Scalar_HasNoBatch()
    {
        Signature signature = ReadCompiled(ModelFile.Find(Path.Combine(Repo.Model("scalar"), "1")).Value!, new ModelOptions());

        await Assert.That(Describe(signature)).IsEqualTo("model_scalar_input F32 () ... -1 -> model_scalar_output F32 () ... -1");
    }

    private static Signature ReadCompiled(ModelFile file, ModelOptions options)
    {
        using PreparedModel prepared = ModelPreparation.Prepare(ModelReader.Read(Engine.Core, file).Value!, file.Ir, ModelSettings.Parse(options).Value!).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);
        return SignatureReader.Read(compiled, prepared).Value!;
    }

    private static string Describe(Signature signature) => string.Join(" -> ", signature.Inputs.Concat(signature.Outputs).Select(static info => $"{info.Name} {info.ElementType} {info.Shape} {info.Layout} {info.BatchAxis}"));

    private static Outcome<Signature> Read(PortInfo[] inputs, PortInfo[] outputs) =>
        SignatureReader.Read(inputs, outputs, [.. inputs.Select(static _ => "N...")], [.. outputs.Select(static _ => "N...")]);

    private static PortInfo Port(int index, string? name) => new(index, name, ElementType.F32, PartialShape.Of(1, 10));
}
