using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

internal sealed class LateInferencesTests
{
    private const string Late = "Model dummy; version: 1; inferences on CPU without an answer for 10 s: 1";

    private readonly ServableRegistry _registry = new(new Drain());
    private readonly ManagedModels.Lines _log = new();

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task InferenceWithoutAnAnswer_IsLoggedOnce_AlsoAfterItsModelWasUnloaded(bool isUnloaded)
    {
        HangingPool pool = new();
        using LoadedModel loaded = DummyServable.Load(requests: 1, waiters: 0);
        Servable servable = new(new("dummy", 1), new LoadedModel(loaded.Signature, pool, null!));
        LeavingServables leaving = new(static _ => { }, _log);
        if (isUnloaded)
        {
            leaving.Add(servable.Id, servable);
        }
        else
        {
            _registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Available, servable)])]));
        }

        LateInferences late = new(_registry, leaving, new FakeClock(), _log);
        late.LogLate(LateInferences.Limit);
        late.LogLate(LateInferences.Limit);

        await Assert.That(_log.Count(Late)).IsEqualTo(1);
        await Assert.That(pool.Asked).IsEqualTo(2);
    }

    // One inference that never ends.
    private sealed class HangingPool : ISlotSource
    {
        public int Asked { get; private set; }

        public int Size => 1;

        public int InUse => 1;

        public int Waiting => 0;

        public int Abandoned => 0;

        public int CountLate(TimeSpan limit) => Asked++ == 0 ? 1 : 0;

        public ValueTask<Outcome<InferSlot>> RentAsync(SequenceStep step, CancellationToken cancellation) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
