using Ovms.Configuration.Pipelines;
using Ovms.Native;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Libraries;
using Ovms.Status;

namespace Ovms.Tests.Pipelines;

/// <summary>What a definition may say: every check with its text, and the plan of those that are right.</summary>
public sealed class PipelineCompilerTests
{
    // Models: name → inputs and outputs.
    private static readonly Dictionary<string, NodeSignature> s_known = new()
    {
        ["one"] = new([Port("in", 1, 10)], [Port("out", 1, 10)]),
        ["sum"] = new([Port("a", 1, 10), Port("b", 1, 10)], [Port("out", 1, 10)]),
        ["split"] = new([Port("in", 1, 10)], [Port("parts", -1, 1, 10), Port("other", -1, 1, 10)]),
        ["split4"] = new([Port("in", 1, 10)], [Port("parts", 4, 1, 10)]),
        ["flat"] = new([Port("in", 1, 10)], [Port("parts", 4, 10)]),
        ["join"] = new([Port("all", -1, 1, 10)], [Port("out", 1, 10)]),
        ["wide"] = new([Port("in", 1, 20)], [Port("out", 1, 20)]),
        ["whole"] = new([new NodePort("in", ElementType.I32, PartialShape.Of(1, 10))], [Port("out", 1, 10)]),
        ["text"] = new([new NodePort("in", ElementType.String, PartialShape.Of(1))], [new NodePort("out", ElementType.String, PartialShape.Of(1))]),
    };

    [Test]
    [Arguments("a one in=request.x | a.out", "OK")]
    [Arguments("a one in=request.x; a one in=request.x | a.out", "Pipeline definition has multiple nodes with the same name - Node: a")]
    [Arguments("request one in=request.x | request.out", "Pipeline definition has multiple request nodes")]
    [Arguments("response one in=request.x | response.out", "Pipeline definition has multiple response nodes")]
    [Arguments("a none in=request.x | a.out", "Pipeline definition has reference to missing model")]
    [Arguments("a one in=b.out | a.out", "Pipeline definition has reference to missing node - Node: a; input: in; node_name: b")]
    [Arguments("a one in=response.out | a.out", "Pipeline definition has response node used as dependency node")]
    [Arguments("a one in=request.y | a.out", "Pipeline definition has reference to missing data source - Node: a; input: in; node_name: request; data_item: y")]
    [Arguments("a one in=request.x >no | a.no", "Pipeline definition has reference to missing model output - Node: a; data_item: no; there are: out")]
    [Arguments("a one no=request.x | a.out", "Pipeline definition has connection to non existing model input - Node: a; input: no; there are: in")]
    [Arguments("a one in=request.x in=request.x | a.out", "Pipeline definition has multiple connections to the same input of underlying model")]
    [Arguments("a sum a=request.x | a.out", "Pipeline definition does not have connections for all inputs of underlying models - Node: a; input: b")]
    [Arguments("a one in=request.x; b wide in=a.out | b.out", "Invalid input shape - Node: b; input: in; Expected: (1,20); Actual: (1,10) of a")]
    [Arguments("a one in=request.x; b whole in=a.out | b.out", "Invalid input precision - Node: b; input: in; Expected: I32; Actual: F32 of a")]
    [Arguments("a text in=request.x | a.out", "OK")]
    [Arguments("a text in=request.x; b text in=a.out | b.out", "Not implemented - Node: b; input: in: strings cannot pass")]
    [Arguments("a text in=request.x *2 | a.out", "Demultiplication is not supported for string precision - Node: a")]
    [Arguments("a one in=request.x; b wide in=request.x | a.out b.out", "Multiple nodes connected to the same pipeline input require different tensor metadata")]
    [Arguments("a sum a=request.x b=b.out; b sum a=request.x b=a.out | b.out", "Pipeline definition contains a cycle - These nodes wait for each other: a, b")]
    [Arguments("a one in=request.x; b one in=request.x | a.out", "Pipeline definition has unconnected nodes - No output of the node b")]
    [Arguments("a split in=request.x *-1; b split in=a.parts *2 | b.parts", "Not implemented - A demultiplexer of dynamic count")]
    [Arguments("a split in=request.x *2000; b split in=a.parts *2000; c one in=b.parts | c.out", "Not implemented - Node: c; the demultiplexers before it make 4000000 parts together; at most 1048576 may be.")]
    [Arguments("a one in=request.x; b one in=a.out <c | b.out", "Gather node refers to not existing node")]
    [Arguments("a one in=request.x; b one in=a.out <a | b.out", "Gather node refers to node that isn't demultiplexer")]
    [Arguments("a one in=request.x <request | a.out", "Gathering from entry node is not allowed")]
    [Arguments("a flat in=request.x *4 | a.parts", "Pipeline has not enough shape dimensions to demultiply - Node: a; output: parts; Expected: 3 dimensions; Actual: (4,10)")]
    [Arguments("a split4 in=request.x *3 | a.parts", "Demultiplication count does not match tensor first dimension")]
    [Arguments("a split in=request.x *-1; b one in=a.parts; c join all=b.out <a; d one in=c.out | d.out", "OK")]
    [Arguments("a split in=request.x *-1; b one in=a.parts; c sum a=b.out b=request.x | c.out", "Demultiplexer and gather nodes are not in LIFO order - Node: c")]
    [Arguments("a split in=request.x *2; b split in=a.parts *3; c join all=b.parts <a | c.out", "Demultiplexer and gather nodes are not in LIFO order - Node: c; it gathers the parts of a, but b gives parts of b")]
    [Arguments("a one in=request.x | request.x a.out", "OK")]
    [Arguments("a one in=request.x | request.y a.out", "Pipeline definition has reference to missing data source - Node: response; output: y; node_name: request; data_item: y")]
    public async Task Definition_IsChecked(string definition, string text)
    {
        string actual = Compile(definition).Text;
        await Assert.That(actual.StartsWith(text, StringComparison.Ordinal)).IsTrue().Because(actual);
    }

    [Test]
    public async Task PartsOfTwoDemultiplexers_AreGatheredOutermostFirst()
    {
        PipelinePlan plan = Compile("a split in=request.x *2; b split in=a.parts *3; c one in=b.parts | c.out b.other").Value!;
        await Assert.That(plan.Signature.FindOutput("out")!.Shape).IsEqualTo(PartialShape.Of(2, 3, 1, 10));
        await Assert.That(plan.Signature.FindOutput("other")!.Shape).IsEqualTo(PartialShape.Of(2, 3, 1, 10));
        await Assert.That(plan.Nodes[3].Levels).IsEquivalentTo([1, 2]);
    }

    [Test]
    public async Task RequestThatIsSplit_HasOneDimensionMore()
    {
        PipelinePlan plan = Compile("a one in=request.x | a.out", requestCount: -1).Value!;
        await Assert.That(plan.Signature.FindInput("x")!.Shape.ToString()).IsEqualTo("(-1,1,10)");
        await Assert.That(plan.Signature.FindOutput("out")!.Shape.ToString()).IsEqualTo("(-1,1,10)");
        plan = Compile("a one in=request.x | a.out", requestCount: 4).Value!;
        await Assert.That(plan.Signature.FindInput("x")!.Shape).IsEqualTo(PartialShape.Of(4, 1, 10));
    }

    [Test]
    public async Task ImagesOfASplitRequest_AreItsParts()
    {
        Dictionary<string, NodeSignature> models = new()
        {
            ["nhwc"] = new([Port("in", 1, -1, -1, 3) with { Layout = "NHWC" }], [Port("out", 1, 10)]),
            ["nchw"] = new([Port("in", 1, 3, -1, -1) with { Layout = "NCHW" }], [Port("out", 1, 10)]),
            ["open"] = new([Port("in", 1, 3, -1, -1) with { Layout = "N..." }], [Port("out", 1, 10)]),
        };
        foreach ((string model, string layout) in ((string, string)[])[("nhwc", "N?HWC"), ("nchw", "N?CHW"), ("open", "N...")])
        {
            PipelinePlan plan = Compile($"a {model} in=request.x | a.out", requestCount: -1, known: models).Value!;
            await Assert.That(plan.Signature.FindInput("x")!.Layout).IsEqualTo(layout);
            await Assert.That(plan.Signature.FindInput("x")!.BatchAxis).IsEqualTo(0);
        }
    }

    [Test]
    public async Task InputThatOnlyPassesThrough_HasNoTypeOfItsOwn()
    {
        Dictionary<string, NodeSignature> models = new() { ["whole"] = new([], [Port("out", 1, 10)]) };
        PipelinePlan plan = Compile("a whole | request.x a.out", known: models).Value!;
        await Assert.That((plan.Signature.FindInput("x")!.ReportedDatatype, plan.Signature.FindOutput("x")!.ReportedDatatype)).IsEqualTo(("INVALID", "INVALID"));
        plan = Compile("a one in=request.x | request.x a.out").Value!;
        await Assert.That(plan.Signature.FindOutput("x")!.Shape).IsEqualTo(PartialShape.Of(1, 10));
    }

    [Test]
    public async Task InputOfSeveralNodes_TakesWhatAllOfThemTake()
    {
        Dictionary<string, NodeSignature> models = new()
        {
            ["open"] = new([new NodePort("in", ElementType.F32, new PartialShape(new Dimension(1, 8), Dimension.Dynamic))], [Port("out", 1, 10)]),
            ["closed"] = new([new NodePort("in", ElementType.F32, new PartialShape(new Dimension(4, -1), Dimension.Of(10)))], [Port("out", 1, 10)]),
        };
        PipelinePlan plan = Compile("a open in=request.x; b closed in=request.x | a.out b.out", known: models).Value!;
        await Assert.That(plan.Signature.FindInput("x")!.Shape.ToString()).IsEqualTo("([4~8],10)");
    }

    private static Outcome<PipelinePlan> Compile(string text, int? requestCount = null, Dictionary<string, NodeSignature>? known = null)
    {
        PipelineConfig config = PipelineText.Read(
            text, requestCount, static _ => "none", static model => s_known.GetValueOrDefault(model)?.Outputs ?? [Port("out", 1, 10)]);
        return PipelineCompiler.Compile(config, node => (known ?? s_known).GetValueOrDefault(node.Model) is { } signature
            ? signature
            : Outcome.Fail(StatusCode.PipelineNodeMissingModel, node.Model));
    }

    private static NodePort Port(string name, params long[] shape) => new(
        name, ElementType.F32, new PartialShape([.. shape.Select(static size => size < 0 ? Dimension.Dynamic : Dimension.Of(size))]));
}
