using System.Text;
using Ovms.Repository;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository;

/// <summary>What is kept of an IR's .xml, and which files are none.</summary>
public class IrFileTests
{
    [Test]
    [Arguments("dummy", false, 40L)]
    [Arguments("accumulator", true, 4L)]
    [Arguments("passthrough_string", false, 0L)]
    public async Task TestModels_TellStateAndWeights(string model, bool keepsState, long weights)
    {
        IrFile ir = IrFile.Read(Path.Combine(Repo.Model(model), "1", model + ".xml")).Value!;

        await Assert.That(ir.Version).IsEqualTo(11);
        await Assert.That(ir.KeepsState).IsEqualTo(keepsState);
        await Assert.That(ir.WeightsLength).IsEqualTo(weights);
        await Assert.That(ir.ModelInfo).IsNull();
    }

    [Test]
    public async Task NamesOfPorts_AreKnownIfAllHaveOne()
    {
        const string Named = """<layer id="0" type="Parameter"><output><port id="0" names="x,a\,b"/></output></layer>""";
        const string Unnamed = """<layer id="1" type="Parameter"><output><port id="0"/></output></layer>""";
        const string Result = """<layer id="2" type="Result" output_names="y"/>""";
        IrFile ir = Read($"""<net version="11"><layers>{Named}{Result}</layers></net>""").Value!;
        await Assert.That(string.Join(' ', ir.InputNames)).IsEqualTo("x a,b");
        await Assert.That(string.Join(' ', ir.OutputNames)).IsEqualTo("y");
        await Assert.That(Read($"""<net version="11"><layers>{Named}{Unnamed}{Result}</layers></net>""").Value!.InputNames).IsEmpty();
    }

    [Test]
    public async Task Layouts_AreFoundByEachNameOfAPort()
    {
        IrFile ir = Read("""
            <net version="11"><layers>
            <layer id="0" type="Parameter"><data shape="1,3,4,5"/><output><port id="0" names="x,a\,b"><dim>1</dim>
              <rt_info><attribute name="layout" version="0" layout="[N,C,H,W]"/></rt_info></port></output></layer>
            <layer id="1" type="Parameter"><output><port names="y"/></output></layer>
            <layer id="2" type="Parameter"><output><port names="z"><rt_info><attribute name="layout" layout="[batch,C]"/></rt_info></port></output></layer>
            <layer id="3" type="ReLU"><output><port names="r"><rt_info><attribute name="layout" layout="[C,N]"/></rt_info></port></output></layer>
            <layer id="4" type="Result" output_names="o"><input><port><rt_info><attribute name="layout" layout="[N,...]"/></rt_info></port></input></layer>
            </layers></net>
            """).Value!;

        await Assert.That(string.Join(' ', ir.Layouts.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}={pair.Value}"))).IsEqualTo("a,b=NCHW o=N... x=NCHW");
    }

    [Test]
    public async Task StateInsideABody_Counts()
    {
        IrFile ir = Read("""
            <net version="10"><layers><layer id="0" type="Loop"><body><layers><layer id="7" type="Assign"/><layer id="8" type="Const"><data offset="8" size="16"/></layer><layer id="9" type="Slice"><data offset="1" size="900"/></layer></layers></body></layer></layers></net>
            """).Value!;

        await Assert.That(ir.KeepsState).IsTrue();
        await Assert.That(ir.WeightsLength).IsEqualTo(24);
    }

    [Test]
    public async Task ModelInfo_KeepsNestedNamesAndTexts()
    {
        IrFile ir = Read("""
            <net version="11"><layers/><rt_info>
              <Runtime_version value="2026"/>
              <model_info><labels value="cat dog"/><nested><deep value="1"/></nested><info name="odd name" value="2"/></model_info>
              <conversion_parameters><x value="3"/></conversion_parameters>
            </rt_info></net>
            """).Value!;

        await Assert.That(ir.ModelInfo!.Find("labels")!.Value).IsEqualTo("cat dog");
        await Assert.That(ir.ModelInfo.Find("nested")!.Find("deep")!.Value).IsEqualTo("1");
        await Assert.That(ir.ModelInfo.Find("odd name")!.Value).IsEqualTo("2");
        await Assert.That(ir.ModelInfo.Children.Length).IsEqualTo(3);
    }

    [Test]
    public async Task InfoWithoutEnd_StaysBounded()
    {
        const int Deep = 5_000;
        string open = string.Concat(Enumerable.Repeat("<a>", Deep));
        string close = string.Concat(Enumerable.Repeat("</a>", Deep));

        IrFile ir = Read($"""<net version="11"><rt_info><model_info>{open}{close}</model_info></rt_info><layers><layer type="Assign"/></layers></net>""").Value!;

        await Assert.That(ir.KeepsState).IsTrue();
        await Assert.That(Depth(ir.ModelInfo!)).IsLessThanOrEqualTo(16);
    }

    [Test]
    public async Task SumBeyondAllNumbers_IsNotSmall()
    {
        IrFile ir = Read($"""<net version="11"><layers><layer type="Const"><data offset="{long.MaxValue}" size="5"/></layer></layers></net>""").Value!;

        await Assert.That(ir.WeightsLength).IsEqualTo(long.MaxValue);
    }

    [Test]
    [Arguments("""<project/>""", "expected <net> as the outermost element, found <project>")]
    [Arguments("""<net name="x"/>""", "<net> has no version, expected a number")]
    [Arguments("""<net version="abc"/>""", "<net> has version=\"abc\", expected a number")]
    [Arguments("""<net version="11"><layers>""", "is not whole")]
    [Arguments("""<net version="11"><layers><layer na""", "is not whole")]
    [Arguments("""not xml at all""", "is not whole")]
    [Arguments("""<!DOCTYPE net [<!ENTITY a "b">]><net version="11"/>""", "document type")]
    public async Task FileThatIsNone_IsRefusedByName(string content, string why)
    {
        Outcome<IrFile> ir = Read(content);

        await Assert.That(ir.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(ir.Text).Contains(why);
        await Assert.That(ir.Text).Contains("m.xml");
    }

    private static int Depth(RuntimeInfo info) => 1 + (info.Children.IsEmpty ? 0 : info.Children.Max(Depth));

    private static Outcome<IrFile> Read(string content)
    {
        using TemporaryFolder folder = new();
        return IrFile.Read(folder.Write("m.xml", Encoding.UTF8.GetBytes(content)));
    }
}
