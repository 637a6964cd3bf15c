using System.Text;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>The tokenizers extension: custom operations that take and make strings.</summary>
public class TokenizersTests
{
    [Test]
    public async Task Extension_MakesItsOperationsKnown()
    {
        string extension = Machine.RequireTokenizers();
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "casefold.xml");
        File.WriteAllText(path, CaseFold);
        using Core without = new();
        await Assert.That(() => without.ReadModel(path)).Throws<OpenVinoException>();
        using Core core = new();
        core.AddExtension(extension);
        using Model model = core.ReadModel(path);
        using CompiledModel compiled = core.Compile(model, "CPU", Cpu.None);
        using InferRequest request = compiled.CreateInferRequest();
        string[] texts = ["", "SHORT", "Fifteen Bytes..", "A text that is LONGER than what fits in place", "NAÏVE ÀÉÎ"];
        byte[][] bytes = [.. texts.Select(Encoding.UTF8.GetBytes)];
        using Tensor input = Tensor.CreateStrings([texts.Length], [.. bytes.Select(static text => text.Length)], [.. bytes.SelectMany(static text => text)]);
        request.SetInput(0, input);

        request.Infer();

        using Tensor output = request.GetOutput(0);
        string[] folded = [.. Enumerable.Range(0, output.Count).Select(i => Encoding.UTF8.GetString(output.GetString(i)))];
        await Assert.That(folded).IsEquivalentTo(texts.Select(static text => text.ToLowerInvariant()), CollectionOrdering.Matching);
    }

    [Test]
    public async Task ExtensionThatIsNotThere_IsRefused()
    {
        using Core core = new();
        await Assert.That(() => core.AddExtension("/no/such/extension.so")).Throws<OpenVinoException>();
    }

    private const string CaseFold = """
        <?xml version="1.0"?>
        <net name="casefold" version="11">
          <layers>
            <layer id="0" name="text" type="Parameter" version="opset1"><data shape="?" element_type="string"/><output><port id="0" precision="STRING" names="text"><dim>-1</dim></port></output></layer>
            <layer id="1" name="unpack" type="StringTensorUnpack" version="extension"><data mode="begins_ends"/><input><port id="0"><dim>-1</dim></port></input><output><port id="1" precision="I32"><dim>-1</dim></port><port id="2" precision="I32"><dim>-1</dim></port><port id="3" precision="U8"><dim>-1</dim></port></output></layer>
            <layer id="2" name="fold" type="CaseFold" version="extension"><data encoding="utf-8"/><input><port id="0"><dim>-1</dim></port><port id="1"><dim>-1</dim></port><port id="2"><dim>-1</dim></port></input><output><port id="3" precision="I32"><dim>-1</dim></port><port id="4" precision="I32"><dim>-1</dim></port><port id="5" precision="U8"><dim>-1</dim></port></output></layer>
            <layer id="3" name="pack" type="StringTensorPack" version="extension"><data mode="begins_ends"/><input><port id="0"><dim>-1</dim></port><port id="1"><dim>-1</dim></port><port id="2"><dim>-1</dim></port></input><output><port id="3" precision="STRING" names="folded"><dim>-1</dim></port></output></layer>
            <layer id="4" name="result" type="Result" version="opset1"><input><port id="0"><dim>-1</dim></port></input></layer>
          </layers>
          <edges>
            <edge from-layer="0" from-port="0" to-layer="1" to-port="0"/>
            <edge from-layer="1" from-port="1" to-layer="2" to-port="0"/>
            <edge from-layer="1" from-port="2" to-layer="2" to-port="1"/>
            <edge from-layer="1" from-port="3" to-layer="2" to-port="2"/>
            <edge from-layer="2" from-port="3" to-layer="3" to-port="0"/>
            <edge from-layer="2" from-port="4" to-layer="3" to-port="1"/>
            <edge from-layer="2" from-port="5" to-layer="3" to-port="2"/>
            <edge from-layer="3" from-port="3" to-layer="4" to-port="0"/>
          </edges>
        </net>
        """;
}
