using System.Xml.Linq;
using Ovms.Generation.Models;
using Ovms.Native;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Models;

/// <summary>The edit of a model's text.</summary>
public class RowGatherTests
{
    [Test]
    public async Task Head_IsTheMatrixProductBeforeTheLogits()
    {
        IrOutline outline = IrOutlineReader.Read(TinyModel.Text);
        LogitsHead? head = LogitsHead.Find(outline);
        await Assert.That(head!.Hidden.Dimensions).IsEquivalentTo([-1L, -1L, 32L], TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await Assert.That(outline.States.Select(static state => state.Dimensions.Count)).IsEquivalentTo([4, 4, 4, 4]);
    }

    [Test]
    [Arguments("Divide Tanh Multiply", true)]
    [Arguments("Add", true)]
    [Arguments("Convert", true)]
    [Arguments("", true)]
    [Arguments("Softmax", false)]
    [Arguments("Transpose", false)]
    public async Task Head_IsFoundThroughWhatTreatsEachRowAlone(string tail, bool isFound)
    {
        // 0: the hidden states; 1: the product; then the tail, each with a constant as its first input; then the result.
        IrOutline outline = new();
        outline.Layers[0] = new IrLayer("", []);
        outline.Layers[1] = new IrLayer("MatMul", [new IrPort(0, "FP32", [-1, -1, 8]), new IrPort(1, "FP32", [64, 8])]);
        outline.Sources[(1, 0)] = 0;
        int last = 1;
        foreach (string type in tail.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            IrPort rows = new(1, "FP32", [-1, -1, 64]);
            outline.Layers[last + 1] = new IrLayer(type, type is "Tanh" or "Convert" ? [rows] : [new IrPort(0, "FP32", [1, 1, 1]), rows]);
            outline.Sources[(last + 1, 1)] = last;
            last++;
        }

        outline.Layers[last + 1] = new IrLayer("Result", [new IrPort(0, "FP32", [-1, -1, 64])]);
        outline.Sources[(last + 1, 0)] = last;
        await Assert.That(LogitsHead.Find(outline)?.Layer).IsEqualTo(isFound ? 1 : null);
    }

    [Test]
    public async Task Edit_LeavesAllElseAsItWas()
    {
        // What a text may hold besides: graphs within a layer, characters that XML escapes, notes of the export.
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["from.xml"], """
            <?xml version="1.0"?>
            <net name="a &lt;b&gt; &amp; &quot;c&quot;&#10;d" version="11">
              <layers>
                <layer id="0" name="hidden" type="Parameter" version="opset1"><data shape="?,?,8" element_type="f32"/>
                  <output><port id="0" precision="FP32" names="hidden"><dim>-1</dim><dim>-1</dim><dim>8</dim></port></output></layer>
                <layer id="1" name="loop" type="Loop" version="opset5"><input><port id="0"><dim>1</dim></port></input>
                  <body><layers><layer id="900" name="inner" type="Const" version="opset1"><data element_type="i64" offset="4" size="8"/></layer></layers>
                  <edges><edge from-layer="5" from-port="0" to-layer="7" to-port="0"/></edges></body></layer>
                <layer id="7" name="head" type="MatMul" version="opset1"><data transpose_a="false" transpose_b="true"/>
                  <input><port id="0" precision="FP32"><dim>-1</dim><dim>-1</dim><dim>8</dim></port><port id="1" precision="FP32"><dim>64</dim><dim>8</dim></port></input>
                  <output><port id="2" precision="FP32" names="x,logits"><dim>-1</dim><dim>-1</dim><dim>64</dim></port></output></layer>
              </layers>
              <edges>
                <edge from-layer="0" from-port="0" to-layer="7" to-port="0"/><edge from-layer="1" from-port="3" to-layer="7" to-port="1"/>
              </edges>
              <rt_info><note value="a&#13;&#10;b">text &amp; more</note></rt_info>
            </net>
            """);
        IrOutline outline = IrOutlineReader.Read(folder["from.xml"]);
        await Assert.That((outline.LogitsLayer, outline.LastId, outline.Constants.Count)).IsEqualTo((7, 7, 0));
        LogitsHead head = LogitsHead.Find(outline)!;
        RowGather.Write(folder["from.xml"], folder["to.xml"], outline, head, new IrConstant(8, 40, 1));

        XElement before = XElement.Load(folder["from.xml"]);
        XElement after = XElement.Load(folder["to.xml"]);
        string[] edges = [.. after.Element("edges")!.Elements().Select(static e => string.Join(' ', e.Attributes().Select(static a => a.Value)))];
        await Assert.That(edges).IsEquivalentTo(["10 3 7 0", "1 3 7 1", "0 0 10 0", "8 0 10 1", "9 0 10 2"], TUnit.Assertions.Enums.CollectionOrdering.Matching);
        XElement axis = after.Element("layers")!.Elements().Single(static layer => (string?)layer.Attribute("id") == "9");
        await Assert.That((string?)axis.Element("data")!.Attribute("offset")).IsEqualTo("40");

        // Without the new layers and edges, and with the old edge, it is the same text.
        after.Element("layers")!.Elements().Where(static layer => (int)layer.Attribute("id")! > 7).Remove();
        after.Element("edges")!.Elements().Skip(2).Remove();
        after.Element("edges")!.Elements().First().SetAttributeValue("from-layer", 0);
        after.Element("edges")!.Elements().First().SetAttributeValue("from-port", 0);
        await Assert.That(XNode.DeepEquals(before, after)).IsTrue();
    }

    [Test]
    public async Task Axis_IsFoundAmongTheConstants()
    {
        using TemporaryFolder folder = new();
        byte[] bytes = new byte[64];
        BitConverter.TryWriteBytes(bytes.AsSpan(8), 7L);
        BitConverter.TryWriteBytes(bytes.AsSpan(16), 5);
        BitConverter.TryWriteBytes(bytes.AsSpan(20), 1);
        File.WriteAllBytes(folder["w.bin"], bytes);
        IrConstant[] constants = [new(8, 8, 1), new(4, 16, 2), new(8, 60, 1), new(8, 32, 1)];

        await Assert.That(ConstantSearch.Find(constants, folder["w.bin"], 1)).IsEqualTo(new IrConstant(4, 20, 1));
        await Assert.That(ConstantSearch.Find(constants, folder["w.bin"], 0)).IsEqualTo(new IrConstant(8, 32, 1));
        await Assert.That(ConstantSearch.Find(constants, folder["w.bin"], 3)).IsNull();
    }

    [Test]
    public async Task EditedText_HasTheInput_AndIsGoneAfterwards()
    {
        IrOutline outline = IrOutlineReader.Read(TinyModel.Text);
        string path;
        using (EditedIr edited = EditedIr.Make(TinyModel.Text, Path.ChangeExtension(TinyModel.Text, ".bin"), outline, tokenAxis: 1))
        {
            path = edited.Path;
            await Assert.That(edited.Note).IsNull();
            using Model model = edited.Read(Engine.Core);
            await Assert.That(model.Inputs.Select(static port => port.Name)).Contains(RowGather.InputName);
        }

        await Assert.That(Directory.Exists(Path.GetDirectoryName(path))).IsFalse();
    }
}
