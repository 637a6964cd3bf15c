using Ovms.Configuration.Pipelines;
using Ovms.Pipelines;
using Ovms.Pipelines.Definitions;
using Ovms.Status;

namespace Ovms.Tests.Pipelines;

/// <summary>What <c>ovms check</c> finds in pipelines, without models and libraries, with the texts of the server.</summary>
public sealed class PipelineCheckTests
{
    [Test]
    [Arguments("a one in=request.x | a.out", "")]
    [Arguments("a one in=request.x in2=request.x; b two in=a.out | b.out", "")]
    [Arguments("a one in=request.x; a one in=request.x | a.out", "p: Pipeline definition has multiple nodes with the same name - Node: a")]
    [Arguments("a one in=b.out | a.out", "p: Pipeline definition has reference to missing node - Node: a; input: in; node_name: b")]
    [Arguments("a one in=response.out | a.out", "p: Pipeline definition has response node used as dependency node")]
    [Arguments("a one in=request.y | a.out", "p: Pipeline definition has reference to missing data source - Node: a; input: in; node_name: request; data_item: y")]
    [Arguments("a one in=request.x; b one in=a.no | b.out", "p: Pipeline definition has reference to missing data source - Node: b; input: in; node_name: a; data_item: no")]
    [Arguments("a one in=request.x in=request.x | a.out", "p: Pipeline definition has multiple connections to the same input of underlying model")]
    [Arguments("a one in=request.x i=b.out; b one in=a.out | b.out", "p: Pipeline definition contains a cycle - These nodes wait for each other: a, b")]
    [Arguments("a one in=request.x i=b.out; b one in=a.out; c one in=b.out; d one in=c.out | d.out", "p: Pipeline definition contains a cycle - These nodes wait for each other: a, b\0")]
    [Arguments("a one in=request.x; b one in=request.x | a.out", "p: Pipeline definition has unconnected nodes - No output of the node b")]
    [Arguments("a one in=request.x; b one in=a.out <c | b.out", "p: Gather node refers to not existing node - Node: b; gather_from_node: c")]
    [Arguments("a one in=request.x; b one in=a.out <a | b.out", "p: Gather node refers to node that isn't demultiplexer")]
    [Arguments("a one in=request.x *-1; b two in=a.out *2 | b.out", "p: Not implemented - A demultiplexer of dynamic count")]
    [Arguments("a one in=request.x *2; b one in=request.x; c two l=a.out r=b.out | c.out", "p: Demultiplexer and gather nodes are not in LIFO order - Node: c")]
    [Arguments("a none in=request.x | a.out", "p: Pipeline definition has reference to missing model - Node: a; model: none; it is not in the configuration.")]
    public async Task Connections_AreCheckedWithoutModels(string definition, string problem)
    {
        PipelineConfig pipeline = PipelineText.Read(definition, null, static _ => "none", static _ => [new("out", default, default!)]);
        string[] problems = [.. PipelineCheck.Check(pipeline, Find)];
        await Assert.That(problems.Length).IsEqualTo(problem.Length == 0 ? 0 : 1).Because(string.Join('\n', problems));
        await Assert.That(problem.Length == 0 || $"{problems[0]}\0".StartsWith(problem, StringComparison.Ordinal)).IsTrue().Because(string.Join('\n', problems));
    }

    [Test]
    [Arguments("image", "image", "original_image_layout", "")]
    [Arguments("picture", "image", "original_image_layout", "p: Pipeline definition has connection to non existing model input - Node: t; input: picture; there are: image\np: Pipeline definition does not have connections for all inputs of underlying models - Node: t; input: image")]
    [Arguments("image", "picture", "original_image_layout", "p: Pipeline definition has reference to missing model output - Node: t; data_item: picture; there are: image")]
    [Arguments("image", "image", "original_layout", "p: Failure during custom node library initialization - Node: t; the parameter original_image_layout: it must be given")]
    public async Task BuiltInNodes_AreCheckedWhole(string input, string output, string parameter, string problem)
    {
        PipelineConfig pipeline = new()
        {
            Name = "p",
            Fingerprint = "",
            Inputs = ["x"],
            Libraries = [new("lib", "/nowhere/libcustom_node_image_transformation.so")],
            Nodes =
            [
                new()
                {
                    Name = "t",
                    Library = "lib",
                    Parameters = [new(parameter, "HWC")],
                    Inputs = [new(input, PipelineConfig.Request, "x")],
                    Outputs = [new(output, "image")],
                },
                new() { Name = "m", Model = "one", Inputs = [new("in", "t", "image")], Outputs = [new("out", "out")] },
            ],
            Outputs = [new("y", "m", "out")],
        };
        string[] problems = [.. PipelineCheck.Check(pipeline, Find)];
        await Assert.That(string.Join('\n', problems)).IsEqualTo(problem);
    }

    [Test]
    [Arguments(
        "a one in=b.out in2=request.y; b none in=a.no; c state in=request.x; d text in=request.x; e pipe in=request.x; f graph in=request.x | a.no g.out",
        "Node: a; input: in2; node_name: request; data_item: y",
        "Node: b; model: none; it is not in the configuration.",
        "Node: b; input: in; node_name: a; data_item: no",
        "Node: c; the stateful model state cannot be part of a pipeline.",
        "Node: d; text is a language model, not a model that infers.",
        "Node: e; pipe is a pipeline, not a model that infers.",
        "Node: f; graph is a graph, not a model that infers.",
        "Node: response; output: no; node_name: a; data_item: no",
        "Node: response; output: out; node_name: g")]
    [Arguments("a one in=request.x; b one in=request.x; c one in=b.out; d one in=request.x | a.out", "No output of the node c", "No output of the node d")]
    [Arguments("a one in=request.x; a one in=request.x; b one in=request.x; b one in=request.x | a.out", "Node: a", "Node: b")]
    [Arguments("a one in=request.x <b; b one in=request.x <c | a.out b.out", "Node: a; gather_from_node: b", "Node: b; gather_from_node: c")]
    [Arguments(
        "a one in=request.x *2; b two l=a.out r=request.x; c two l=a.out r=request.x; d one in=b.out | b.out c.out d.out",
        "Node: b; its inputs are parts of different demultiplexers.",
        "Node: c; its inputs are parts of different demultiplexers.")]
    public async Task AllFaults_AreTold(string definition, params string[] faults)
    {
        PipelineConfig pipeline = PipelineText.Read(definition, null, static _ => "none", static _ => [new("out", default, default!)]);
        string[] problems = [.. PipelineCheck.Check(pipeline, Find)];
        foreach (string fault in faults)
        {
            await Assert.That(problems.Count(problem => problem.Contains(fault, StringComparison.Ordinal))).IsEqualTo(1).Because($"{fault}\n{string.Join('\n', problems)}");
        }

        await Assert.That(problems.Length).IsEqualTo(faults.Length).Because(string.Join('\n', problems));
    }

    private static Outcome<NodeModelKind> Find(PipelineNode node) => node.Model switch
    {
        "one" or "two" => NodeModelKind.Model,
        "state" => NodeModelKind.Stateful,
        "text" => NodeModelKind.Language,
        "pipe" => NodeModelKind.Pipeline,
        "graph" => NodeModelKind.Graph,
        _ => Outcome.Fail(StatusCode.ModelNameMissing, "it is not in the configuration."),
    };
}
