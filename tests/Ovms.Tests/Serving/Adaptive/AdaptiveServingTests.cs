using Ovms.Serving;
using Ovms.Serving.Adaptive;
using Ovms.Serving.Draining;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Frontends.Grpc;
using Ovms.Tests.Serving.Lifecycle;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Adaptive;

/// <summary>A model whose one infer request is held and waited for, and what the server does about it.</summary>
public sealed class AdaptiveServingTests
{
    [Test]
    public async Task WaitingCall_MakesTheForm_AndAStopKnowsOfIt()
    {
        using ManualResetEventSlim go = new();
        Servable made = DummyServable.Make(requests: 4);
        await using Busy busy = await Busy.MakeAsync(() =>
        {
            go.Wait();
            return made;
        });
        await Assert.That(await busy.UntilAsync(() => busy.Adaptive.IsCompiling)).IsTrue();

        // The first form serves meanwhile.
        await Assert.That(busy.Servable.Requests).IsEqualTo(1);
        go.Set();
        await Assert.That(await busy.UntilAsync(() => busy.Servable.Throughput!.Serving == made)).IsTrue();
        await Assert.That((busy.Adaptive.IsCompiling, busy.Servable.Requests)).IsEqualTo((false, 4));
        await Assert.That(busy.Log.Count("serves for throughput now")).IsEqualTo(1);
    }

    [Test]
    public async Task FormThatCannotBeMade_IsToldOnceAndNotTriedAgainAtOnce()
    {
        int tried = 0;
        await using Busy busy = await Busy.MakeAsync(() =>
        {
            tried++;
            return Outcome.Fail(StatusCode.ModelNotLoaded, "no room on the device");
        });
        await Assert.That(await busy.UntilAsync(() => busy.Log.Count("cannot be compiled for throughput") > 0)).IsTrue();
        for (int i = 0; i < 20; i++)
        {
            busy.Clock.Tick();
            await Task.Yield();
        }

        await Assert.That((tried, busy.Log.Count("no room on the device"))).IsEqualTo((1, 1));
        await Assert.That(busy.Servable.Throughput!.Serving).IsNull();
    }

    [Test]
    public async Task FormThatMemoryDoesNotHold_IsNotMade()
    {
        int tried = 0;
        await using Busy busy = await Busy.MakeAsync(
            () =>
            {
                tried++;
                return DummyServable.Make();
            },
            memory: 9);
        await Assert.That(await busy.UntilAsync(() => busy.Log.Count("there is no memory to compile it") > 0)).IsTrue();
        await Assert.That(tried).IsEqualTo(0);
    }

    [Test]
    public async Task WaitingCalls_AreComputedTogether_AfterTheOtherFormWasTried()
    {
        Servable made = DummyServable.Make(requests: 2);
        await using Busy busy = await Busy.MakeAsync(NoRoom, batches: () => made);
        await Assert.That(await busy.UntilAsync(() => busy.Servable.BatchForm!.Serving == made)).IsTrue();
        await Assert.That(busy.Log.Count("cannot be compiled for throughput")).IsEqualTo(1);
        await Assert.That(busy.Log.Count("waiting calls are computed together now")).IsEqualTo(1);
        await Assert.That(busy.Servable.Requests).IsEqualTo(2);
    }

    [Test]
    public async Task ModelWhoseRowsDependOnEachOther_IsToldOnceAndNeverTriedAgain()
    {
        int tried = 0;
        await using Busy busy = await Busy.MakeAsync(NoRoom, batches: () =>
        {
            tried++;
            return Outcome.Fail(StatusCode.ModelNotLoaded, "its rows depend on each other");
        });
        await Assert.That(await busy.UntilAsync(() => busy.Log.Count("not computed together: its rows depend on each other") > 0)).IsTrue();
        for (int i = 0; i < 20; i++)
        {
            busy.Clock.Tick();
            await Task.Yield();
        }

        await Assert.That((tried, busy.Log.Count("depend on each other"))).IsEqualTo((1, 1));
    }

    private static Outcome<Servable> NoRoom() => Outcome.Fail(StatusCode.ModelNotLoaded, "no room on the device");

    private sealed class Busy : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;
        private readonly InferSlot _held;
        private readonly Task<Outcome<InferSlot>>[] _waiting;

        private Busy(Servable servable, InferSlot held, Task<Outcome<InferSlot>>[] waiting, long memory)
        {
            (Servable, _held, _waiting) = (servable, held, waiting);
            ServableRegistry registry = new(new Drain());
            registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Available, servable)])]));
            Adaptive = new AdaptiveServing(registry, () => memory, Clock, Log);
            _running = Adaptive.RunAsync(_stop.Token);
        }

        public Servable Servable { get; }

        public AdaptiveServing Adaptive { get; }

        public ManualTime Clock { get; } = new();

        public ManagedModels.Lines Log { get; } = new();

        public static async Task<Busy> MakeAsync(
            Func<Outcome<Servable>> make, long memory = 10, Func<Outcome<Servable>>? batches = null)
        {
            LoadedModel loaded = DummyServable.Load(1, 16);
            loaded.Throughput = new ThroughputForm(make, () => 10);
            loaded.BatchForm = batches is null ? null : new ThroughputForm(batches, () => 10);
            Servable servable = new(new ServableId("dummy", 1), loaded);
            Outcome<InferSlot> held = await servable.Pool.RentAsync(default, CancellationToken.None);
            Task<Outcome<InferSlot>> Wait() => servable.Pool.RentAsync(default, CancellationToken.None).AsTask();
            return new Busy(servable, held.Value!, batches is null ? [Wait()] : [Wait(), Wait(), Wait()], memory);
        }

        // A call is answered in each window.
        public Task<bool> UntilAsync(Func<bool> condition) => Refusals.Eventually(() =>
        {
            Servable.Statistics.Add(1, default);
            Clock.Tick();
            return condition();
        });

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _held.Return();
            foreach (Task<Outcome<InferSlot>> waiting in _waiting)
            {
                (await waiting).Value!.Return();
            }

            Servable.Retire();
            await Servable.Drained;
            _stop.Dispose();
        }
    }
}
