using Microsoft.CodeAnalysis;
using Ovms.Generators.Infrastructure;
using Ovms.Generators.Tensors;
using Ovms.Generators.Tests.Infrastructure;

namespace Ovms.Generators.Tests.Tensors;

/// <summary>From IR files to classes: what is written, kept, passed over and refused.</summary>
public class IrSignatureGeneratorTests
{
    private static readonly ProjectFile s_dummy = new("/models/dummy.xml", Model("dummy"), "Dummy");

    // Names that are no C# names, that become the same, that are those of the classes' own members; several names of a port; a port
    // without a name; a loop with a Parameter and a Result of its own; packed elements; a scalar; any rank.
    private const string Odd = """
        <net name="odd &amp; ends" version="11"><layers>
        <layer id="0" name="p0" type="Parameter"><data shape="..." element_type="f16"/><output><port id="0" precision="FP16" names="z\,1,my {name}"/></output></layer>
        <layer id="1" name="p1" type="Parameter"><data shape="?,3" element_type="u4"/><output><port id="0" precision="U4"><dim>-1</dim><dim>3</dim></port></output></layer>
        <layer id="2" name="p2" type="Parameter"><data shape="5" element_type="u3"/><output><port id="0" precision="U3" names="0:a"/></output></layer>
        <layer id="3" name="p3" type="Parameter"><data shape="" element_type="bf16"/><output><port id="0" precision="BF16" names="0_A"/></output></layer>
        <layer id="4" name="p4" type="Parameter"><data shape="2..,..7" element_type="string"/><output><port id="0" precision="STRING" names="inputs"/></output></layer>
        <layer id="5" name="loop" type="Loop"><input><port id="0" precision="FP16"/></input><output><port id="1" precision="FP32" names="looped"><dim>2</dim><dim>4</dim></port></output>
          <body><layers><layer id="0" name="inner" type="Parameter"><data shape="9" element_type="i64"/><output><port id="0" precision="I64" names="inner"><dim>9</dim></port></output></layer>
          <layer id="1" name="innerresult" type="Result"><input><port id="0" precision="I64"/></input></layer></layers></body></layer>
        <layer id="6" name="r0" type="Result"><input><port id="0" precision="FP32"><dim>2</dim><dim>4</dim></port></input></layer>
        <layer id="7" name="r1" type="Result"><input><port id="0" precision="BOOL"><dim>-1</dim></port></input></layer>
        <layer id="8" name="r2" type="Result" output_names="check,from"><input><port id="0" precision="NF4"><dim>7</dim></port></input></layer>
        </layers><edges>
        <edge from-layer="5" from-port="1" to-layer="6" to-port="0"/><edge from-layer="3" from-port="9" to-layer="7" to-port="0"/>
        </edges><rt_info><layers><layer id="99" name="not one" type="Parameter"/></layers></rt_info></net>
        """;

    [Test]
    public async Task Dummy_MatchesSnapshot()
    {
        GeneratorRun run = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(s_dummy));
        await Snapshot.Matches("Dummy.Ir", run.Text("Dummy.Ir.g.cs"));
        await run.Execute(static _ => Task.CompletedTask);
    }

    [Test]
    public async Task OddModel_CompilesWithoutAWarning()
    {
        GeneratorRun run = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(new ProjectFile("odd.xml", Odd, "Odd")));
        await Assert.That(run.Diagnostics).IsEmpty();
        await Snapshot.Matches("Odd.Ir", run.Text("Odd.Ir.g.cs"));
        await run.Execute(static async assembly =>
        {
            Type odd = assembly.GetType("Sample.Odd")!;
            string[] ports = [.. odd.GetNestedTypes().Select(static type => type.Name).Where(static name => name is not ("Inputs" or "Outputs"))];
            await Assert.That(ports).IsEquivalentTo(["InputMyName", "InputIn1", "InputPort0A", "InputPort0A2", "InputInputs2", "OutputLooped", "OutputOut1", "OutputCheck2"]);
            await Assert.That(odd.GetNestedType("InputPort0A")!.GetField("ByteSize")!.GetValue(null)).IsEqualTo(3);
            await Assert.That(odd.GetNestedType("OutputCheck2")!.GetField("ByteSize")!.GetValue(null)).IsEqualTo(4);
        });
    }

    [Test]
    public async Task FilesWithoutModel_AreNotEvenRead()
    {
        GeneratorRun run = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(new ProjectFile("a.xml", "<broken", null), new ProjectFile("a.txt", "<broken", "A")));
        await Assert.That(run.Diagnostics).IsEmpty();
        await Assert.That(run.Result.GeneratedSources).IsEmpty();
    }

    [Test]
    public async Task ProjectWithoutProperties_GetsTheUsualNamespace()
    {
        ProjectFiles files = new(s_dummy);
        files.Properties.Clear();
        string text = GeneratorRun.Of(new IrSignatureGenerator(), files).Text("Dummy.Ir.g.cs");
        await Assert.That(text).Contains("global::Inference.ModelInferRequest");
        await Assert.That(text).DoesNotContain("namespace ");
    }

    [Test]
    public async Task SecondRun_IsCached() =>
        await Caching.IsKept(GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(s_dummy, new ProjectFile("odd.xml", Odd, "Odd"))), StepNames.ParseIrSignature, StepNames.IrSignature);

    [Test]
    public async Task EditElsewhere_RegeneratesNothing()
    {
        GeneratorRun edited = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(s_dummy), "class Other;").With(0, "class Another;");
        await Assert.That(edited.Reasons(StepNames.IrSignature)).IsEquivalentTo([IncrementalStepRunReason.Cached]);
    }

    [Test]
    public async Task OtherWeights_RegenerateNothing()
    {
        ProjectFile changed = new(s_dummy.Path, s_dummy.GetText().ToString().Replace("offset=\"0\"", "offset=\"64\""), "Dummy");
        GeneratorRun edited = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(s_dummy)).With(s_dummy, changed);
        await Assert.That(changed.GetText().ToString()).Contains("offset=\"64\"");
        await Assert.That(edited.Reasons(StepNames.IrSignature).All(static r => r is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached)).IsTrue();
    }

    [Test]
    public async Task OtherShape_Regenerates()
    {
        ProjectFile changed = new(s_dummy.Path, s_dummy.GetText().ToString().Replace("shape=\"1,10\"", "shape=\"2,10\""), "Dummy");
        GeneratorRun edited = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(s_dummy)).With(s_dummy, changed);
        await Assert.That(edited.Reasons(StepNames.IrSignature)).IsEquivalentTo([IncrementalStepRunReason.Modified]);
        await Assert.That(edited.Text("Dummy.Ir.g.cs")).Contains("public const int ByteSize = 80;");
    }

    [Test]
    [Arguments("<net", "OVMS022", "The IR dummy.xml cannot be read: ")]
    [Arguments("", "OVMS022", "The IR dummy.xml cannot be read: ")]
    [Arguments("<model/>", "OVMS022", "The IR dummy.xml cannot be read: the root is <model>, not <net>")]
    [Arguments("<!DOCTYPE net [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><net>&e;</net>", "OVMS022", "The IR dummy.xml cannot be read: For security reasons DTD is prohibited")]
    public async Task UnreadableFile_IsTold(string text, string id, string message) => await Tells(text, "Dummy", id, message);

    [Test]
    [Arguments("element_type=\"f32\"", "element_type=\"f12\"", "OVMS023", "The port of layer 'b' has the element type 'f12', which is not in the table of element types")]
    [Arguments("element_type=\"f32\"", "", "OVMS023", "The port of layer 'b' has the element type '', which is not in the table of element types")]
    [Arguments("element_type=\"f32\"", "element_type=\"dynamic\"", "OVMS023", "The port of layer 'b' has the element type 'dynamic', which is not in the table of element types")]
    [Arguments("shape=\"1,10\"", "shape=\"1,ten\"", "OVMS024", "The port of layer 'b' has the shape '1,ten'; dimensions such as 3, ? and 1..512 are expected, and not more than 2 GiB in all")]
    [Arguments("shape=\"1,10\"", "shape=\"5..2\"", "OVMS024", "The port of layer 'b' has the shape '5..2'; ")]
    [Arguments("shape=\"1,10\"", "shape=\"1000000,1000000\"", "OVMS024", "The port of layer 'b' has the shape '1000000,1000000'; ")]
    public async Task UnusablePort_IsTold(string good, string bad, string id, string message)
    {
        string text = Model("dummy");
        int at = text.IndexOf(good, StringComparison.Ordinal);
        Diagnostic told = await Tells(text[..at] + bad + text[(at + good.Length)..], "Dummy", id, message);
        await Assert.That(told.Location.GetLineSpan().StartLinePosition.Line).IsEqualTo(3);
        await Assert.That(told.Location.GetLineSpan().Path).IsEqualTo("/models/dummy.xml");
    }

    [Test]
    [Arguments("my model")]
    [Arguments("1st")]
    [Arguments("Inputs")]
    [Arguments("Outputs")]
    [Arguments("ModelName")]
    [Arguments("Check")]
    [Arguments("InferAsync")]
    [Arguments("TensorBytes")]
    [Arguments("InputB")]
    [Arguments("OutputA")]
    [Arguments("class")]
    [Arguments("record")]
    [Arguments("extension")]
    public async Task OVMS025_NameThatIsNoClass(string name) =>
        await Tells(Model("dummy"), name, "OVMS025", $"The OvmsModel '{name}' of dummy.xml cannot be the name of a class");

    [Test]
    [Arguments("InputA")]
    [Arguments("Record")]
    public async Task NameThatOnlyLooksTaken_IsAClass(string name)
    {
        GeneratorRun run = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(new ProjectFile("/models/dummy.xml", Model("dummy"), name)));
        await Assert.That(run.Diagnostics).IsEmpty();
        await Assert.That(run.Text($"{name}.Ir.g.cs")).Contains($"class {name}");
    }

    [Test]
    [Arguments("Dummy")]
    [Arguments("DUMMY")]
    public async Task OVMS026_OneClassForTwoFiles(string second)
    {
        GeneratorRun run = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(s_dummy, new ProjectFile("odd.xml", Odd, second)));
        Diagnostic told = run.Diagnostics.Single();
        await Assert.That(told.Id).IsEqualTo("OVMS026");
        await Assert.That(told.GetMessage()).IsEqualTo($"The OvmsModel '{second}' is given to more than one file; each needs a name of its own");
        await Assert.That(run.Text("Dummy.Ir.g.cs")).Contains("ModelName = \"dummy\"");
    }

    private static async Task<Diagnostic> Tells(string text, string model, string id, string message)
    {
        GeneratorRun run = GeneratorRun.Of(new IrSignatureGenerator(), new ProjectFiles(new ProjectFile("/models/dummy.xml", text, model)));
        Diagnostic diagnostic = run.Diagnostics.Single();
        await Assert.That(diagnostic.Id).IsEqualTo(id);
        await Assert.That(diagnostic.Severity).IsEqualTo(DiagnosticSeverity.Error);
        await Assert.That(diagnostic.GetMessage()).StartsWith(message);
        await Assert.That(run.Result.GeneratedSources).IsEmpty();
        return diagnostic;
    }

    private static string Model(string name) => File.ReadAllText(TestFiles.Beside($"../../models/{name}/1/{name}.xml"));
}
