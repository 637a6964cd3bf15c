using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

public sealed class RecycledTests
{
    [Test]
    public async Task RentedObjects_AreDifferent_AndComeAgainOnceGivenBack()
    {
        Recycled<Thing> things = new(static _ => new Thing(), most: 4);
        Thing first = things.Rent();
        Thing second = things.Rent();
        await Assert.That(ReferenceEquals(first, second)).IsFalse();
        await Assert.That(first.TryEnd()).IsTrue();
        things.Return(first);
        await Assert.That(ReferenceEquals(things.Rent(), first)).IsTrue();
    }

    [Test]
    public async Task SecondEnd_ChangesNothing()
    {
        Recycled<Thing> things = new(static _ => new Thing(), most: 4);
        Thing thing = things.Rent();
        int stamp = thing.Stamp;
        await Assert.That(thing.TryEnd()).IsTrue();
        await Assert.That(thing.TryEnd()).IsFalse();
        await Assert.That(thing.IsInUse).IsFalse();
        things.Return(thing);

        // The next use is not ended by who kept the stamp of this one.
        await Assert.That(ReferenceEquals(things.Rent(), thing)).IsTrue();
        await Assert.That(thing.TryEnd(stamp)).IsFalse();
        await Assert.That(thing.IsInUse).IsTrue();
    }

    [Test]
    public async Task TwoThreadsThatEndOneUse_EndItOnce()
    {
        Recycled<Thing> things = new(static _ => new Thing(), most: 4);
        using Barrier together = new(2);
        int ended = 0;
        const int Rounds = 20_000;
        Thing? thing = null;
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(index => new Thread(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                if (index == 0)
                {
                    thing = things.Rent();
                }

                together.SignalAndWait();
                if (thing!.TryEnd())
                {
                    Interlocked.Increment(ref ended);
                    things.Return(thing);
                }

                together.SignalAndWait();
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        await Assert.That(ended).IsEqualTo(Rounds);
    }

    private sealed class Thing : Recyclable
    {
        public bool TryEnd() => TryEndUse(Stamp);

        public bool TryEnd(int stamp) => TryEndUse(stamp);
    }
}
