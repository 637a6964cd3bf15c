using Ovms.Serving.Requests;
using Ovms.Serving.Table;

namespace Ovms.Tests.Serving.Table;

public sealed class ServableTests
{
    [Test]
    public async Task RetiredServable_IsFreedWhenTheLastLeaseEnds()
    {
        Servable servable = DummyServable.Make();
        ServableLease first = servable.TryLease()!;
        ServableLease second = servable.TryLease()!;
        servable.Retire();
        first.Dispose();
        await Assert.That(servable.Drained.IsCompleted).IsFalse();

        // A call in flight goes on over the retirement.
        InferSlot slot = (await second.Servable.Pool.RentAsync(CancellationToken.None)).Value!;
        await Assert.That(await DummyServable.InferAsync(slot, 1)).IsEqualTo(2f);
        slot.Return();
        second.Dispose();
        await servable.Drained.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.That(servable.TryLease()).IsNull();
    }

    [Test]
    public async Task LeaseDisposedTwice_CountsOnce()
    {
        Servable servable = DummyServable.Make();
        ServableLease twice = servable.TryLease()!;
        ServableLease other = servable.TryLease()!;
        twice.Dispose();
        twice.Dispose();
        servable.Retire();
        await Assert.That(servable.Drained.IsCompleted).IsFalse();
        other.Dispose();
        await servable.Drained.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
