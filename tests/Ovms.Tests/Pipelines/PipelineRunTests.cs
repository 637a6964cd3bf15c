using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ovms.Configuration.Pipelines;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Execution;
using Ovms.Pipelines.Tensors;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Pipelines;

/// <summary>One call of a pipeline: order of parts, gathering, failures, and that all memory comes back.</summary>
[NotInParallel]
public sealed class PipelineRunTests
{
    [Test]
    public async Task PartsOfTwoDemultiplexers_ComeBackInOrder()
    {
        // in (1,2) → 2 parts of (1,2), each → 3 parts of (1,2) → doubled.
        Pipeline pipeline = new(
            "a in=request.x *2; b in=a.out *3; c in=b.out | c.out b.out",
            ("a", "in:2 > out:3", static inputs => ([2, 1, 2], [.. inputs[0].As<float>().ToArray().SelectMany(static v => (float[])[v, v])])),
            ("b", "in:2 > out:3", static inputs => ([3, 1, 2], [.. Enumerable.Range(0, 6).Select(i => (inputs[0].As<float>()[0] * 10) + i)])),
            ("c", "in:2 > out:2", static inputs => ([1, 2], [.. inputs[0].As<float>().ToArray().Select(static v => v * 2)])));
        (long[] Shape, float[] Values)[] outputs = await pipeline.CallAsync([1, 2], 1, 2);
        float[] whole = [10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25];
        await Assert.That(outputs[0].Shape).IsEquivalentTo([2L, 3, 1, 2]);
        await Assert.That(outputs[0].Values).IsEquivalentTo(whole.Select(static v => v * 2));
        await Assert.That(outputs[1].Values).IsEquivalentTo(whole);
        await Assert.That(FakeNode.Live).IsEqualTo(0);
    }

    [Test]
    public async Task GatheringNode_GetsAllPartsAtOnce_AlsoThoseOfTheDemultiplexerItself()
    {
        Pipeline pipeline = new(
            "a in=request.x *-1; b in=a.out; c l=b.out r=a.out <a; d in=c.out | d.out",
            ("a", "in:2 > out:3", static inputs => ([4, 1, 1], [1, 2, 3, 4])),
            ("b", "in:2 > out:2", static inputs => ([1, 1], [inputs[0].As<float>()[0] * 10])),
            ("c", "l:3 r:3 > out:2", static inputs => ([1, 2], [inputs[0].As<float>().ToArray().Sum(), inputs[1].As<float>().ToArray().Sum() + inputs[1].Shape[0]])),
            ("d", "in:2 > out:2", static inputs => ([1, 2], inputs[0].As<float>().ToArray())));
        (long[] Shape, float[] Values)[] outputs = await pipeline.CallAsync([1, 1], 0);
        await Assert.That(outputs[0].Values).IsEquivalentTo([100f, 14]);
        await Assert.That(FakeNode.Live).IsEqualTo(0);
    }

    [Test]
    public async Task RequestThatIsSplit_IsGathered()
    {
        Pipeline pipeline = new("a in=request.x | a.out", -1, ("a", "in:2 > out:2", static inputs => ([1, 1], [inputs[0].As<float>().ToArray().Sum()])));
        (long[] Shape, float[] Values)[] outputs = await pipeline.CallAsync([3, 1, 2], 1, 2, 3, 4, 5, 6);
        await Assert.That(outputs[0].Shape).IsEquivalentTo([3L, 1, 1]);
        await Assert.That(outputs[0].Values).IsEquivalentTo([3f, 7, 11]);
    }

    [Test]
    public async Task InputWiredToTheResponse_ComesBack()
    {
        Pipeline pipeline = new("a in=request.x | request.x a.out", ("a", "in:2 > out:2", static inputs => ([1, 1], [inputs[0].As<float>().ToArray().Sum()])));
        (long[] Shape, float[] Values)[] outputs = await pipeline.CallAsync([1, 2], 1, 2);
        await Assert.That(outputs[0].Shape).IsEquivalentTo([1L, 2]);
        await Assert.That(outputs[0].Values).IsEquivalentTo([1f, 2]);
        await Assert.That(outputs[1].Values).IsEquivalentTo([3f]);
        await Assert.That(FakeNode.Live).IsEqualTo(0);
    }

    [Test]
    [Arguments(3, 1, StatusCode.PipelinePartsInvalid, "Pipeline p, node a: Expected: 2; Actual: (3,1,1)")]
    [Arguments(10_001, -1, StatusCode.PipelineTooManyParts, "Expected: at most 10000; Actual: 10001")]
    [Arguments(0, -1, StatusCode.PipelineNoResults, "no content")]
    public async Task WrongNumberOfParts_IsNamed(int given, int count, object code, string text)
    {
        Pipeline pipeline = new(
            $"a in=request.x *{(count > 0 ? 2 : count)}; b in=a.out | b.out",
            ("a", "in:2 > out:3", inputs => ([given, 1, 1], new float[given])),
            ("b", "in:2 > out:2", static inputs => ([1, 1], [0])));
        ComposedRun run = await pipeline.RunAsync([1, 1], 0);
        await Assert.That(run.Result.Code).IsEqualTo((StatusCode)code);
        await Assert.That(run.Result.Text).Contains(text);
        await Assert.That(FakeNode.Live).IsEqualTo(0);
    }

    [Test]
    public async Task RequestOfTooManyParts_IsItsCallersFault()
    {
        Pipeline pipeline = new("a in=request.x | a.out", -1, ("a", "in:2 > out:2", static inputs => ([1, 1], [0])));
        ComposedRun run = await pipeline.RunAsync([10_001, 1, 1], new float[10_001]);
        await Assert.That(run.Result.Code).IsEqualTo(StatusCode.InvalidBatchSize);
        await Assert.That(run.Result.Text).Contains("Expected: at most 10000; Actual: 10001");
    }

    [Test]
    public async Task OutputOfAnotherTypeThanDescribed_IsTheLibrarysFault()
    {
        Pipeline pipeline = new("a in=request.x | a.out", ("a", "in:2 > out:2", static inputs => ([1, 1], [0])));
        pipeline.Node("a").GivenType = Ovms.Native.ElementType.I32;
        ComposedRun run = await pipeline.RunAsync([1, 1], 0);
        await Assert.That(run.Result.Code).IsEqualTo(StatusCode.NodeLibraryOutputsInvalid);
        await Assert.That(run.Result.Text).EndsWith("Pipeline p, node a: output out: Invalid precision - Expected: F32, as getOutputsInfo says; Actual: I32");
        await Assert.That(FakeNode.Live).IsEqualTo(0);
    }

    [Test]
    public async Task PartsOfDifferentShapes_CannotBeGathered()
    {
        Pipeline pipeline = new(
            "a in=request.x *2; b in=a.out | b.out",
            ("a", "in:2 > out:3", static inputs => ([2, 1, 1], [1, 2])),
            ("b", "in:2 > out:2", static inputs => ([1, (long)inputs[0].As<float>()[0]], new float[(int)inputs[0].As<float>()[0]])));
        ComposedRun run = await pipeline.RunAsync([1, 1], 0);
        await Assert.That(run.Result.Text).IsEqualTo("Gathered tensor shards dimensions are different - Pipeline p, output out: F32 (1,1) and F32 (1,2)");
        await Assert.That(FakeNode.Live).IsEqualTo(0);
    }

    [Test]
    public async Task FirstFailure_EndsTheCall_AndNothingLeaks()
    {
        int calls = 0;
        Pipeline pipeline = new(
            "a in=request.x *-1; b in=a.out; c in=b.out | c.out",
            ("a", "in:2 > out:3", static inputs => ([500, 1, 1], new float[500])),
            ("b", "in:2 > out:2", inputs => Interlocked.Increment(ref calls) == 7
                ? throw new OvmsException(StatusCode.NodeLibraryExecutionFailed, "seventh")
                : ([1, 1], [1])),
            ("c", "in:2 > out:2", static inputs => ([1, 1], [1])));
        ComposedRun run = await pipeline.RunAsync([1, 1], 0);
        await Assert.That(run.Result.Text).IsEqualTo("Custom node failed during execution - Pipeline p, node b: seventh");
        await Assert.That(run.Unfinished is null).IsTrue();
        await Assert.That(FakeNode.Live).IsEqualTo(0);
    }

    [Test]
    public async Task NodeThatDoesNotReturn_EndsTheCallWithItsCaller_AndIsCounted()
    {
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim letGo = new();
        Pipeline pipeline = new("a in=request.x | a.out", ("a", "in:2 > out:2", inputs =>
        {
            entered.Set();
            letGo.Wait(TimeSpan.FromSeconds(30));

            // The request's memory is still there.
            return ([1, 1], [inputs[0].As<float>()[0]]);
        }));
        using CancellationTokenSource caller = new();
        Task<ComposedRun> running = pipeline.RunAsync(caller.Token, [1, 1], 5);
        entered.Wait(TimeSpan.FromSeconds(30));
        await caller.CancelAsync();
        ComposedRun run = await running;
        await Assert.That(run.Result.Code).IsEqualTo(StatusCode.Cancelled);
        await Assert.That(pipeline.Node("a").Library.Hangs.Count).IsEqualTo(1);
        await Assert.That(run.Unfinished!.IsCompleted).IsFalse();

        // A reload ends the pipeline; what the library uses stays until it returns.
        pipeline.Dispose();
        await Assert.That(pipeline.Node("a").HasEnded).IsFalse();
        letGo.Set();
        await run.Unfinished.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.That(pipeline.Node("a").Library.Hangs.Count).IsEqualTo(0);
        await Assert.That(() => pipeline.Node("a").HasEnded).Eventually(static ended => ended.IsTrue(), TimeSpan.FromSeconds(30));
        await Assert.That(() => FakeNode.Live).Eventually(static live => live.IsEqualTo(0), TimeSpan.FromSeconds(30));
    }

    // A library frees its outputs, which may take long. Another node begins meanwhile, for which it needs the lock of the call.
    [Test]
    public async Task MemoryOfALibrary_IsFreedOutsideOfTheLock()
    {
        using ManualResetEventSlim freeing = new();
        using ManualResetEventSlim began = new();
        Pipeline pipeline = new(
            "a in=request.x; b in=a.out; c in=request.x; d in=c.out | b.out d.out",
            ("a", "in:2 > out:2", static inputs => ([1, 1], [1])),
            ("b", "in:2 > out:2", static inputs => ([1, 1], [2])),
            ("c", "in:2 > out:2", inputs => ([1, 1], [freeing.Wait(TimeSpan.FromSeconds(10)) ? 3 : 0])),
            ("d", "in:2 > out:2", inputs =>
            {
                began.Set();
                return ([1, 1], [inputs[0].As<float>()[0]]);
            }));
        bool isFree = false;
        pipeline.Node("a").Freeing = () =>
        {
            freeing.Set();
            isFree = began.Wait(TimeSpan.FromSeconds(10));
        };
        (long[] Shape, float[] Values)[] outputs = await pipeline.CallAsync([1, 1], 0);
        await Assert.That(outputs[1].Values).IsEquivalentTo([3f]);
        await Assert.That(() => isFree).Eventually(static free => free.IsTrue(), TimeSpan.FromSeconds(20));
        await Assert.That(() => FakeNode.Live).Eventually(static live => live.IsEqualTo(0), TimeSpan.FromSeconds(20));
    }

    [Test]
    public async Task Parts_RunAtTheSameTime_WithinTheBound()
    {
        using Barrier both = new(2);
        Pipeline pipeline = new(
            "a in=request.x *2; b in=a.out | b.out",
            ("a", "in:2 > out:3", static inputs => ([2, 1, 1], [1, 2])),
            ("b", "in:2 > out:2", inputs => both.SignalAndWait(TimeSpan.FromSeconds(30)) ? ([1, 1], [inputs[0].As<float>()[0]]) : throw new OvmsException(StatusCode.InternalError, "alone")));
        (long[] Shape, float[] Values)[] outputs = await pipeline.CallAsync([1, 1], 0);
        await Assert.That(outputs[0].Values).IsEquivalentTo([1f, 2]);
        await Assert.That(pipeline.Node("b").MostAtOnce).IsEqualTo(2);
    }

    /// <summary>A pipeline of fake nodes, in the notation of <see cref="PipelineText"/>.</summary>
    private sealed class Pipeline
    {
        private readonly Dictionary<string, FakeNode> _nodes;
        private readonly PipelineComposition _composition;

        public Pipeline(string text, params (string Name, string Ports, Func<NodeTensor[], (long[], float[])> Compute)[] nodes)
            : this(text, null, nodes)
        {
        }

        public Pipeline(string text, int? requestCount, params (string Name, string Ports, Func<NodeTensor[], (long[], float[])> Compute)[] nodes)
        {
            Dictionary<string, NodeSignatureText> signatures = nodes.ToDictionary(static node => node.Name, static node => NodeSignatureText.Of(node.Ports));
            _nodes = nodes.ToDictionary(static node => node.Name, node => new FakeNode(signatures[node.Name], node.Compute));
            PipelineConfig config = PipelineText.Read(text, requestCount, static name => name, name => signatures[name].Outputs);
            Outcome<PipelinePlan> plan = PipelineCompiler.Compile(config, node => new NodeSignature(signatures[node.Name].Inputs, signatures[node.Name].Outputs));
            PipelinePlan good = plan.IsOk ? plan.Value : throw new InvalidOperationException(plan.Text);
            ModelCalls calls = TestCalls.Of(new ServableRegistry(new Drain()));
            _composition = new PipelineComposition(good, calls, [.. good.Nodes.Select(node => _nodes.GetValueOrDefault(node.Name))], [.. good.Nodes.Select(static _ => 2)]);
        }

        public FakeNode Node(string name) => _nodes[name];

        public void Dispose() => _composition.Dispose();

        public Task<ComposedRun> RunAsync(long[] shape, params float[] values) => RunAsync(CancellationToken.None, shape, values);

        public Task<ComposedRun> RunAsync(CancellationToken cancellation, long[] shape, params float[] values)
        {
            InferMessage message = Requests.Message(Requests.Raw("x", "FP32", shape, MemoryMarshal.AsBytes<float>(values).ToArray()));
            return _composition.RunAsync(message, cancellation);
        }

        public async Task<(long[] Shape, float[] Values)[]> CallAsync(long[] shape, params float[] values)
        {
            ComposedRun run = await RunAsync(shape, values);
            if (!run.Result.IsOk)
            {
                throw new InvalidOperationException(run.Result.Text);
            }

            (long[], float[])[] outputs = [.. run.Outputs.Select(static output => (output.Shape.ToArray(), MemoryMarshal.Cast<byte, float>(output.Bytes).ToArray()))];
            Array.ForEach(run.Outputs, static output => output.Dispose());
            run.Memory!.Dispose();
            return outputs;
        }
    }
}
