using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Adaptive;

public sealed class ThroughputFormTests
{
    [Test]
    public async Task Form_ServesFromItsStartToItsRest()
    {
        Servable made = DummyServable.Make(requests: 4);
        ThroughputForm form = new(() => made, () => 10);
        await Assert.That(form.TryLease()).IsNull();
        await Assert.That(form.Make().IsOk).IsTrue();
        await Assert.That(form.TryLease()).IsNull();
        form.Serve();
        using (ServableLease lease = form.TryLease()!)
        {
            await Assert.That(lease.Servable).IsEqualTo(made);
            await Assert.That(form.CallsLeft).IsEqualTo(1);
        }

        form.Rest();
        await Assert.That(form.TryLease()).IsNull();
        await Assert.That(form.CallsLeft).IsEqualTo(0);
        await form.EndAsync();
    }

    [Test]
    public async Task Freeing_WaitsForTheLastCall()
    {
        ThroughputForm form = new(() => DummyServable.Make(), () => 10);
        (ServableLease lease, Task freed) = FreeWithACall(form);
        await Assert.That((form.Made is null, form.CallsLeft, freed.IsCompleted)).IsEqualTo((true, 1, false));
        lease.Dispose();
        await freed;
        await Assert.That(form.CallsLeft).IsEqualTo(0);
    }

    [Test]
    public async Task FormIsNotMadeAgain_WhileTheFormerOneHasCalls()
    {
        ThroughputForm form = new(() => DummyServable.Make(), () => 10);
        (ServableLease lease, Task freed) = FreeWithACall(form);
        await Assert.That(form.Make().IsOk).IsFalse();
        lease.Dispose();
        await freed;
    }

    [Test]
    public async Task FormThatIsMadeForAReleasedModel_IsFreed()
    {
        Servable made = DummyServable.Make();
        ThroughputForm form = new(() => made, () => 10);
        await form.EndAsync();
        await Assert.That(form.Make().Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await made.Drained;
        await Assert.That(form.Made).IsNull();
    }

    private static (ServableLease Lease, Task Freed) FreeWithACall(ThroughputForm form)
    {
        form.Make();
        form.Serve();
        ServableLease lease = form.TryLease()!;
        return (lease, form.FreeAsync());
    }
}
