using Ovms.Graphs.Calculators.Flow;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;
using Ovms.Tests.Graphs.Scheduling;

namespace Ovms.Tests.Graphs.Calculators.Flow;

/// <summary>Loops and vectors, and the references of what is in them.</summary>
public sealed class VectorCalculatorTests
{
    [Test]
    public async Task Loop_RunsItsBodyForEachItemWithAClone()
    {
        TestGraph graph = new TestGraph().In("v", "c").Out("o")
            .Node("begin", "ITERABLE:v CLONE:c", "ITEM:i BATCH_END:e CLONE:d", FlowGraph.Of("BeginLoopTensorCalculator"))
            .Node("add", "i d", "s", static context =>
            {
                context.Emit(0, new Packet((int)context.Input(0).Value! + (int)context.Input(1).Value!, context.Time));
                return Outcome.Ok;
            })
            .Node("end", "ITEM:s BATCH_END:e", "ITERABLE:w", FlowGraph.Of("EndLoopTensorCalculator"))
            .Node("show", "w", "o", Show);
        await graph.StartAsync();
        await graph.AddAsync("v", 10, FlowGraph.Vector(1, 2, 3));
        await graph.AddAsync("c", 10, 100);
        await graph.AddAsync("v", 20, FlowGraph.Vector());
        await graph.AddAsync("c", 20, 200);
        await graph.AddAsync("v", 30, FlowGraph.Vector(4));
        await graph.AddAsync("c", 30, 300);
        await Assert.That((await graph.EndAsync()).Text).IsEqualTo("OK");
        await Assert.That(graph.Seen).IsEqualTo("o@10=101,102,103 o@30=304");
    }

    [Test]
    public async Task Split_CutsAVector()
    {
        SplitVectorOptions parts = new() { Ranges = [new VectorRange { Begin = 0, End = 2 }, new VectorRange { Begin = 2, End = 3 }] };
        await Assert.That(await SplitAsync("x y", parts)).IsEqualTo("x@1=1,2 y@1=3");
        await Assert.That(await SplitAsync("x", parts with { CombineOutputs = true })).IsEqualTo("x@1=1,2,3");
        SplitVectorOptions one = new() { Ranges = [new VectorRange { Begin = 1, End = 2 }], ElementOnly = true };
        await Assert.That(await SplitAsync("x", one)).IsEqualTo("x@1=2");
        SplitVectorOptions far = new() { Ranges = [new VectorRange { Begin = 2, End = 9 }] };
        await Assert.That(await SplitAsync("x", far)).Contains("3 items").And.Contains("9");
    }

    [Test]
    public async Task Concatenate_TakesVectorsAndItems()
    {
        TestGraph graph = new TestGraph().In("a", "b").Out("o")
            .Node("n", "a b", "w", FlowGraph.Of("ConcatenateTensorVectorCalculator")).Node("show", "w", "o", Show);
        await graph.StartAsync();
        await graph.AddAsync("a", 1, FlowGraph.Vector(1, 2));
        await graph.AddAsync("b", 1, 3);
        await graph.AddAsync("b", 2, 4);
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=1,2,3 o@2=4");
    }

    [Test]
    [Arguments(1, false, "o@1=8")]
    [Arguments(2, true, "")]
    [Arguments(2, false, "item 2")]
    public async Task GetVectorItem_TakesOne(int index, bool emptyBeyond, string expected)
    {
        TestGraph graph = FlowGraph.One(
            "GetTensorVectorItemCalculator",
            "VECTOR:v",
            "ITEM:o",
            new GetVectorItemOptions { ItemIndex = index, OutputEmptyOnOob = emptyBeyond });
        await graph.StartAsync();
        await graph.AddAsync("v", 1, FlowGraph.Vector(7, 8));
        Outcome outcome = await graph.EndAsync();
        await Assert.That(outcome.IsOk ? graph.Seen : outcome.Detail).Contains(expected);
    }

    [Test]
    public async Task VectorSize_CountsItems()
    {
        TestGraph graph = FlowGraph.One("TensorVectorSizeCalculator", "VECTOR:v", "SIZE:o");
        await graph.StartAsync();
        await graph.AddAsync("v", 1, FlowGraph.Vector(7, 8));
        await graph.AddAsync("v", 2, FlowGraph.Vector());
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).IsEqualTo("o@1=2 o@2=0");
    }

    [Test]
    [Arguments(2, "7,8")]
    [Arguments(9, "7,8,9")]
    public async Task ClipVectorSize_KeepsTheFirstItems_AndReleasesAll(int most, string kept)
    {
        CountedValue extra = new();
        TestGraph graph = new TestGraph().In("v", "w").Out("o", "p")
            .Node("clip", "v", "c", FlowGraph.Of("ClipTensorVectorSizeCalculator", new ClipVectorSizeOptions { MaxVecSize = most }))
            .Node("one", "w", "d", FlowGraph.Of("ClipTensorVectorSizeCalculator"))
            .Node("show", "c", "o", Show).Node("show one", "d", "p", Show);
        await graph.StartAsync();
        await graph.AddAsync("v", 1, FlowGraph.Vector(7, 8, 9));
        await graph.AddAsync("w", 1, FlowGraph.Vector(1, extra));
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(graph.Seen).Contains($"o@1={kept}").And.Contains("p@1=1");
        await Assert.That(extra.Releases).IsEqualTo(1);
    }

    [Test]
    public async Task ClipVectorSize_NeedsASizeOfOneAndUp()
    {
        NodePorts ports = new([new PortName("", 0)], [new PortName("", 0)], [], []);
        Outcome<BoundCalculator> bound = FlowGraph.Bind("ClipTensorVectorSizeCalculator", ports, new ClipVectorSizeOptions { MaxVecSize = 0 });
        await Assert.That(bound.Text).Contains("max_vec_size is 0; expected: 1 and up");
    }

    [Test]
    public async Task ItemsOfALoop_AreReleasedOnce()
    {
        CountedValue[] items = [new(), new(), new()];
        TestGraph graph = new TestGraph().In("v").Out("w")
            .Node("begin", "ITERABLE:v", "ITEM:i BATCH_END:e", FlowGraph.Of("BeginLoopTensorCalculator"))
            .Node("end", "ITEM:i BATCH_END:e", "ITERABLE:w", FlowGraph.Of("EndLoopTensorCalculator"));
        await graph.StartAsync();
        await graph.AddAsync("v", 1, new ValueVector([.. items]));
        await Assert.That((await graph.EndAsync()).IsOk).IsTrue();
        await Assert.That(items.Select(static item => item.Releases)).IsEquivalentTo([1, 1, 1]);
    }

    private static async Task<string> SplitAsync(string outputs, SplitVectorOptions options)
    {
        TestGraph graph = new TestGraph().In("v").Node("n", "v", outputs, FlowGraph.Of("SplitTensorVectorCalculator", options));
        foreach (string output in outputs.Split(' '))
        {
            graph.Node($"show {output}", output, $"{output}_", Show).Out($"{output}_");
        }

        await graph.StartAsync();
        await graph.AddAsync("v", 1, FlowGraph.Vector(1, 2, 3));
        Outcome outcome = await graph.EndAsync();
        string seen = string.Join(' ', graph.Seen.Replace("_", "").Split(' ').Order(StringComparer.Ordinal));
        return outcome.IsOk ? seen : outcome.Text;
    }

    private static Outcome Show(CalculatorContext context)
    {
        object value = context.Input(0).Value!;
        string text = value is ValueVector vector ? string.Join(',', Enumerable.Range(0, vector.Count).Select(i => vector[i])) : $"{value}";
        context.Emit(0, new Packet(text, context.Time));
        return Outcome.Ok;
    }
}
