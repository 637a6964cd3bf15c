using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Batches;
using Ovms.Serving.Draining;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Inference;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Batches;

/// <summary>Calls that wait while all infer requests are held, and what they get when one is free.</summary>
public sealed class BatchedCallsTests
{
    [Test]
    public async Task WaitingCalls_AreComputedTogether_AndEachHasItsOwnAnswer()
    {
        await using Waiting model = await Waiting.OnSumAsync("1,4");
        Task<string>[] calls = [.. Enumerable.Range(1, 6).Select(i => model.CallAsync(i, rows: 1))];
        await model.FreeOneAsync(waiting: 6);
        string[] answers = await Task.WhenAll(calls);
        await Assert.That(answers).IsEquivalentTo(Enumerable.Range(1, 6).Select(static i => Sum(i, 1)));

        // Each is one call and one sample; together they are one inference, of six rows.
        await Assert.That((model.Metrics.Batches, model.Metrics.BatchedCalls)).IsEqualTo((1, 6));
        CallTotals totals = model.Servable.Statistics.Read();
        await Assert.That((totals.Success.Count, totals.Samples, totals.Inferences, totals.Infer.Count)).IsEqualTo((6, 6, 1, 6));
        await Assert.That(totals.Batches.Select(static batch => (batch.BatchSize, batch.Infer.Count))).IsEquivalentTo([(6L, 1L)]);
        await Assert.That(totals.Queue.Nanoseconds).IsGreaterThan(0);
        await Assert.That(model.Made.InUse).IsEqualTo(model.HeldNow);
    }

    // 2 + 3 + 2 rows are 7, of which 6 are an even number for the engine: the third call is computed with the next free request.
    [Test]
    public async Task CallsOfSeveralRows_AreCutApartWhereTheyBelong()
    {
        await using Waiting model = await Waiting.OnSumAsync("?,4");
        Task<string>[] calls = [model.CallAsync(1, rows: 2), model.CallAsync(2, rows: 3), model.CallAsync(3, rows: 2)];
        await model.FreeOneAsync(waiting: 3);
        string[] answers = await Task.WhenAll(calls);
        await Assert.That(answers).IsEquivalentTo([Sum(1, 2), Sum(2, 3), Sum(3, 2)]);
        await Assert.That((model.Metrics.Batches, model.Metrics.BatchedCalls)).IsEqualTo((1, 2));
        await Assert.That(model.Servable.Statistics.Read().Samples).IsEqualTo(7);
    }

    [Test]
    public async Task CallThatLeavesBefore_IsNotComputed_AndCostsNobody()
    {
        await using Waiting model = await Waiting.OnSumAsync("1,4");
        using CancellationTokenSource leaving = new();
        Task<string> first = model.CallAsync(1, rows: 1);
        Task<string> leaver = model.CallAsync(2, rows: 1, cancellation: leaving.Token);
        Task<string> last = model.CallAsync(3, rows: 1);
        await leaving.CancelAsync();
        await Assert.That(await leaver).IsEqualTo(nameof(StatusCode.Cancelled));
        await model.FreeOneAsync(waiting: 2);
        await Assert.That((await first, await last)).IsEqualTo((Sum(1, 1), Sum(3, 1)));
        await Assert.That(model.Metrics.BatchedCalls).IsEqualTo(2);
    }

    [Test]
    public async Task RequestedOutputs_AreThoseOfEachCall()
    {
        await using Waiting model = await Waiting.OnSumAsync("1,4");
        Task<string> all = model.CallAsync(1, rows: 1);
        Task<string> turned = model.CallAsync(2, rows: 1, outputs: ["z", "y"]);
        Task<string> one = model.CallAsync(3, rows: 1, outputs: ["z"]);
        await model.FreeOneAsync(waiting: 3);
        await Assert.That((await all, await turned, await one)).IsEqualTo((Sum(1, 1), "z 1x4:2 y 1x4:22", "z 1x4:3"));
    }

    // A slow reader keeps the infer request; the others have read theirs.
    [Test]
    public async Task InferRequest_IsBackWhenTheLastHasRead()
    {
        await using Waiting model = await Waiting.OnSumAsync("1,4");
        ModelCall slow = model.Open();
        Task<Outcome> first = slow.RunAsync(Waiting.Message(1, 1), CancellationToken.None).AsTask();
        Task<string> second = model.CallAsync(2, rows: 1);
        int held = await model.FreeOneAsync(waiting: 2);
        await Assert.That(await second).IsEqualTo(Sum(2, 1));
        await Assert.That((await first).IsOk).IsTrue();
        await Assert.That((model.Made.InUse, model.Made.Batches!.Guests)).IsEqualTo((held + 1, 1));
        await Assert.That(slow.Detach()).IsFalse();
        slow.EndInference();
        await Assert.That((model.Made.InUse, model.Made.Batches.Guests)).IsEqualTo((held, 0));
        slow.Dispose();
    }

    [Test]
    public async Task LoneCall_TakesNothingAlong()
    {
        await using Waiting model = await Waiting.OnSumAsync("1,4", isHeld: false);
        await Assert.That(await model.CallAsync(1, rows: 1)).IsEqualTo(Sum(1, 1));
        await Assert.That((model.Metrics.BatchedCalls, model.Servable.Statistics.Read().Inferences)).IsEqualTo((0, 1));
    }

    [Test]
    public async Task CallThatFindsAFreeInferRequest_AllocatesNothing()
    {
        await using Waiting model = await Waiting.OnSumAsync("1,4", isHeld: false);
        using InferMessage message = Waiting.Message(1, 1);
        BatchCall? call = null;
        long bytes = Allocation.Of(() =>
        {
            CallRows.RentAsync(model.Made, message, ref call, CancellationToken.None).Result.Value!.Return();
            call!.End();
        });
        await Assert.That(bytes).IsEqualTo(0);
    }

    // This engine takes three rows at most, though it says otherwise: an inference of four fails.
    [Test]
    public async Task CallsOfAFailedInference_AreComputedAloneOnce()
    {
        await using Waiting model = await Waiting.OnSumAsync("1..3,4", claimedRows: 32);
        Task<string>[] calls = [.. Enumerable.Range(1, 4).Select(i => model.CallAsync(i, rows: 1))];
        await model.FreeOneAsync(waiting: 4);
        await Assert.That(await Task.WhenAll(calls)).IsEquivalentTo(Enumerable.Range(1, 4).Select(static i => Sum(i, 1)));
        await Assert.That((model.Metrics.BatchedCalls, model.Made.Batches!.Failures, model.Made.Batches.Guests)).IsEqualTo((0, 1, 0));
        await Assert.That(model.Servable.Statistics.Read().Fail.Count).IsEqualTo(0);
    }

    // Of one value v: a is v everywhere, b is ten times that.
    private static string Sum(int value, int rows) => $"y {rows}x4:{11 * value} z {rows}x4:{value}";

    private sealed class Waiting : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder;
        private readonly ModelCalls _calls;
        private readonly Stack<InferSlot> _held = [];

        private Waiting(TemporaryFolder folder, Servable servable, Servable made)
        {
            (_folder, Servable, Made) = (folder, servable, made);
            ServableRegistry registry = new(new Drain());
            Metrics = servable.Metrics = new ServableMetrics(
                "m", new CallCounters("m"), new TextCounters("m"), 1, new CallTimers(new Meter("m")));
            registry.Publish(new ServableTable([new ModelEntry("m", [new VersionEntry(1, ServableState.Available, servable)])]));
            _calls = TestCalls.Of(registry);
        }

        public Servable Servable { get; }

        public Servable Made { get; }

        public ServableMetrics Metrics { get; }

        public int HeldNow => _held.Count;

        public static async Task<Waiting> OnSumAsync(string shape, int claimedRows = 0, bool isHeld = true)
        {
            TemporaryFolder folder = new();
            LoadedModel loaded = BatchModel.LoadSum(folder, shape);
            ServableId id = new("m", 1);
            Servable? made = claimedRows > 0 ? new Servable(id, Claim(folder, claimedRows)) : null;
            loaded.BatchForm = made is null ? loaded.BatchForm : new ThroughputForm(() => made, () => 0);
            Servable servable = new(id, loaded);
            if (loaded.Dynamic is { } dynamic)
            {
                // A call before, from which the form has its sizes.
                InferSlot slot = (await servable.Pool.RentAsync(CancellationToken.None)).Value!;
                foreach (TensorInfo input in loaded.Signature.Inputs)
                {
                    slot.SetInput(input.Index, Tensor.Allocate(ElementType.F32, [1, 4]));
                }

                await dynamic.InferAsync(slot, [[1, 4], [1, 4]], CancellationToken.None);
                slot.Return();
            }

            Outcome outcome = servable.BatchForm!.Make();
            await Assert.That(outcome.Detail).IsNull();
            servable.BatchForm.Serve();
            Waiting waiting = new(folder, servable, servable.BatchForm.Made!);
            for (int i = 0; isHeld && i < waiting.Made.Pool.Size; i++)
            {
                waiting._held.Push((await waiting.Made.Pool.RentAsync(CancellationToken.None)).Value!);
            }

            return waiting;
        }

        public ModelCall Open() => _calls.Open(CallOrigin.KServeGrpc, "m", "").Value!;

        public async Task<string> CallAsync(int value, int rows, string[]? outputs = null, CancellationToken cancellation = default)
        {
            using ModelCall call = Open();
            InferMessage message = Message(value, rows);
            message.Outputs.AddRange((outputs ?? []).Select(static name => new RequestedOutput(name)));
            Outcome outcome = await call.RunAsync(message, cancellation);
            if (!outcome.IsOk)
            {
                return outcome.Code.ToString();
            }

            string answer = string.Join(' ', call.Outputs.Select(Text));
            call.EndInference();
            call.Answered(Outcome.Ok);
            return answer;
        }

        // All in flight hold what they hold now: one infer request is given back to them.
        public async Task<int> FreeOneAsync(int waiting)
        {
            await Assert.That(Made.Waiting).IsEqualTo(waiting);
            _held.Pop().Return();
            return _held.Count;
        }

        public async ValueTask DisposeAsync()
        {
            while (_held.TryPop(out InferSlot? slot))
            {
                slot.Return();
            }

            Servable.Retire();
            await Servable.Drained;
            _folder.Dispose();
        }

        public static InferMessage Message(int value, int rows) => Inference.Requests.Message(
            Inference.Requests.Raw("b", "FP32", [rows, 4], Values(10 * value, rows)),
            Inference.Requests.Raw("a", "FP32", [rows, 4], Values(value, rows)));

        private static byte[] Values(float value, int rows) =>
            [.. MemoryMarshal.AsBytes(Enumerable.Repeat(value, rows * 4).ToArray().AsSpan())];

        private static string Text(OutputTensor output)
        {
            float[] values = MemoryMarshal.Cast<byte, float>(output.Bytes).ToArray();
            string shape = string.Join('x', output.Shape.ToArray());
            return $"{output.Info.Name} {shape}:{string.Join(',', values.Distinct())}";
        }

        private static LoadedModel Claim(TemporaryFolder folder, int rows)
        {
            using Model model = Engine.Core.ReadModel(Path.Combine(folder.Path, "1", "tiny.xml"));
            CompiledModel compiled = Engine.Compile(model);
            PartialShape shape = new(Dimension.Range(1, rows), Dimension.Of(4));
            Signature signature = new(
                [.. compiled.Inputs.Select(port => new TensorInfo(port.Index, port.Name!, port.ElementType, shape, "N..."))],
                [.. compiled.Outputs.Select(port => new TensorInfo(port.Index, port.Name!, port.ElementType, shape, "N..."))]);
            InferRequestPool pool = new([new InferSlot(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: false), 2)], 16);
            DynamicInference dynamic = new(signature, new ShapeHistory(signature), pool, 1);
            return new LoadedModel(signature, pool, compiled, dynamic)
            {
                Batches = new CallBatches(signature, pool, dynamic, rows, static _ => false),
            };
        }
    }
}
