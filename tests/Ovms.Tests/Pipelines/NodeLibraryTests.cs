using Ovms.Configuration.Pipelines;
using Ovms.Native;
using Ovms.Pipelines;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Pipelines;

/// <summary>Real libraries behind the C interface: what they may do, what is their fault, and that everything is released.</summary>
[NotInParallel]
public sealed class NodeLibraryTests
{
    [Before(Test)]
    public void RequireCompiler() => CompiledNode.Require();

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task BothInterfaces_ComputeAndReleaseEverything(bool isOld)
    {
        using CompiledNode node = new("misbehave", isOld ? ["OLD"] : []);
        NodeInstance instance = Open(node.Path, "").Value!;
        await Assert.That(instance.GetInputs().Value!.Single()).IsEqualTo(new NodePort("in", ElementType.F32, new PartialShape(Dimension.Dynamic, Dimension.Of(3))));
        Outcome<NodeTensor[]> outputs = Execute(instance);
        await Assert.That(outputs.Text).IsEqualTo("OK");
        await Assert.That(outputs.Value!.Single().As<float>().ToArray()).IsEquivalentTo([2f, 4f, 6f]);

        // The tensor keeps the instance: its memory is released through it.
        instance.Release();
        await Assert.That(outputs.Value![0].As<float>()[2]).IsEqualTo(6f);
        outputs.Value[0].Memory!.Release();
        await Assert.That(node.Call("live_blocks")).IsEqualTo(0);
    }

    [Test]
    [MethodDataSource(typeof(NodeFaults), nameof(NodeFaults.OfCalls))]
    public async Task FaultOfACall_IsNamed_AndNothingLeaks(string fault, string text, object code)
    {
        using CompiledNode node = new("misbehave");
        NodeInstance instance = Open(node.Path, fault).Value!;
        Outcome<NodeTensor[]> outputs = Execute(instance);
        await Assert.That(outputs.Code).IsEqualTo((StatusCode)code);
        await Assert.That(outputs.Detail!).Contains(text);
        instance.Release();
        await Assert.That(node.Call("live_blocks")).IsEqualTo(0);
    }

    // The library says that it gave none, so that nobody can know which of them to release.
    [Test]
    [MethodDataSource(typeof(NodeFaults), nameof(NodeFaults.OfCounts))]
    public async Task WrongNumberOfOutputs_IsNamed(string fault, string text)
    {
        using CompiledNode node = new("misbehave");
        NodeInstance instance = Open(node.Path, fault).Value!;
        await Assert.That(Execute(instance).Detail!).Contains(text);
        instance.Release();
    }

    [Test]
    [MethodDataSource(typeof(NodeFaults), nameof(NodeFaults.OfDescriptions))]
    public async Task FaultOfADescription_IsNamed(string fault, string text)
    {
        using CompiledNode node = new("misbehave");
        NodeInstance instance = Open(node.Path, fault).Value!;
        await Assert.That(instance.GetInputs().Code).IsEqualTo(StatusCode.NodeLibraryMetadataFailed);
        await Assert.That(instance.GetInputs().Detail!).Contains(text);
        instance.Release();
    }

    [Test]
    public async Task InitializeThatFails_IsNamed()
    {
        using CompiledNode node = new("misbehave");
        await Assert.That(Open(node.Path, "initialize").Text).IsEqualTo("Failure during custom node library initialization - initialize of the library lib returned 5.");
        await Assert.That(node.Call("live_blocks")).IsEqualTo(0);
    }

    // Nothing can end the thread that hangs; other nodes must not wait for it.
    [Test]
    public async Task InitializeThatHangs_HoldsUpItsOwnNodeAlone()
    {
        using CompiledNode node = new("misbehave");
        NodeLibraries libraries = new(mostHangs: 0);
        PipelineNode hanging = new() { Name = "h", Library = "lib", Parameters = [KeyValuePair.Create("fault", "hang in initialize")] };
        PipelineNode good = new() { Name = "g", Library = "lib" };
        PipelineConfig pipeline = new() { Name = "p", Fingerprint = "", Nodes = [hanging, good], Libraries = [KeyValuePair.Create("lib", node.Path)] };
        Task<Outcome<NodeInstance>> opening = Task.Factory.StartNew(() => libraries.Open(pipeline, hanging), TaskCreationOptions.LongRunning);
        Outcome<NodeInstance> opened = await Task.Run(() => libraries.Open(pipeline, good)).WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.That(opened.Text).IsEqualTo("OK");
        await Assert.That(opening.IsCompleted).IsFalse();
        node.Call("let_go");
        (await opening.WaitAsync(TimeSpan.FromSeconds(30))).Value!.Release();
        opened.Value!.Release();
    }

    [Test]
    public async Task FileThatIsNoNode_IsNamed()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["libtext.so"], "no library");
        await Assert.That(NodeFunctions.Load(folder["libtext.so"]).Code).IsEqualTo(StatusCode.NodeLibraryOpenFailed);
        using CompiledNode other = new("nothing");
        await Assert.That(NodeFunctions.Load(other.Path).Text).Contains("does not export execute, getInputsInfo, getOutputsInfo, release");
    }

    [Test]
    public async Task FileThatWasReplaced_IsLoadedAnew_BesideTheOldOne()
    {
        using CompiledNode first = new("misbehave");
        using CompiledNode second = new("misbehave", "TIMES=3");
        using CompiledNode third = new("misbehave", "TIMES=4");
        NodeLibraries libraries = new(mostHangs: 0);
        PipelineNode node = new() { Name = "n", Library = "lib" };
        PipelineConfig pipeline = new() { Name = "p", Fingerprint = "", Nodes = [node], Libraries = [KeyValuePair.Create("lib", first.Path)] };
        List<NodeInstance> instances = [libraries.Open(pipeline, node).Value!];
        foreach (CompiledNode other in (CompiledNode[])[second, third])
        {
            File.Move(other.Path, first.Path, overwrite: true);
            instances.Add(libraries.Open(pipeline, node).Value!);
        }

        foreach ((NodeInstance instance, float expected) in instances.Zip([2f, 3f, 4f]))
        {
            Outcome<NodeTensor[]> outputs = Execute(instance);
            await Assert.That(outputs.Value!.Single().As<float>()[0]).IsEqualTo(expected);
            outputs.Value![0].Memory!.Release();
            instance.Release();
        }
    }

    private static Outcome<NodeInstance> Open(string path, string fault) =>
        new SharedNodeLibrary("lib", NodeFunctions.Load(path).Value!).Open(fault.Length == 0 ? [] : [KeyValuePair.Create("fault", fault)]);

    private static Outcome<NodeTensor[]> Execute(NodeInstance instance)
    {
        NodeTensor input = NodeTensor.Allocate(ElementType.F32, 1, 3);
        ((float[])[1, 2, 3]).CopyTo(input.Fill<float>());
        try
        {
            return instance.Execute([new NamedTensor("in", input)], ["out"], CancellationToken.None);
        }
        finally
        {
            input.Memory!.Release();
        }
    }
}
