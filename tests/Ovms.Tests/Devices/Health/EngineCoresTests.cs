using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Tests.Serving.Lifecycle;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices.Health;

internal sealed class EngineCoresTests
{
    private readonly FakeClock _clock = new();
    private readonly List<Core> _made = [];

    [Test]
    public async Task BetterCore_IsTheCurrentOne()
    {
        EngineCores cores = Make();
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.That(cores.TryRenew(static _ => true)).IsTrue();
        await Assert.That(cores.Current).IsSameReferenceAs(_made.Single());
        await Assert.That(IsFreed(_made[0])).IsFalse();
        _made[0].Dispose();
    }

    [Test]
    public async Task CoreThatIsNotBetter_IsFreed()
    {
        EngineCores cores = Make();
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.That(cores.TryRenew(static _ => false)).IsFalse();
        await Assert.That(cores.Current).IsSameReferenceAs(Engine.Core);
        await Assert.That(IsFreed(_made.Single())).IsTrue();
    }

    [Test]
    public async Task CoreThatCannotBeAsked_IsFreed_AndTheNextOneIsTried()
    {
        EngineCores cores = Make();
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.That(() => cores.TryRenew(static _ => throw new InvalidOperationException("surprise"))).Throws<InvalidOperationException>();
        await Assert.That(cores.TryRenew(static core => core.TryGetProperty("CPU", "NO_SUCH_KEY") is not null)).IsFalse();
        await Assert.That(cores.Current).IsSameReferenceAs(Engine.Core);
        await Assert.That(_made.Select(IsFreed)).IsEquivalentTo([true, true]);
    }

    [Test]
    public async Task YoungCore_IsNotRenewed_NorOneThatHasNoOther()
    {
        await Assert.That(Make().TryRenew(static _ => true)).IsFalse();
        await Assert.That(_made).IsEmpty();
        EngineCores only = new(Engine.Core, make: null, _clock);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.That(only.TryRenew(static _ => true)).IsFalse();
    }

    // What they compiled on a device that fails cannot be freed.
    [Test]
    public async Task CoresThatWereUsedInVain_AreKept_AndFew()
    {
        EngineCores cores = Make();
        _clock.Advance(TimeSpan.FromSeconds(2));
        for (int i = 0; i < 10; i++)
        {
            await Assert.That(cores.TryRenew(static _ => false, usesDevices: true)).IsFalse();
        }

        await Assert.That(_made.Select(IsFreed)).IsEquivalentTo([false, false, false, false]);
        await Assert.That(cores.TryRenew(static _ => true)).IsTrue().Because("a device that came later is still looked for");
        _made.ForEach(static core => core.Dispose());
    }

    // Not disposed: its first core is that of all tests.
    private EngineCores Make() => new(
        Engine.Core,
        () =>
        {
            _made.Add(new Core());
            return _made[^1];
        },
        _clock);

    private static bool IsFreed(Core core)
    {
        try
        {
            core.TryGetProperty("CPU", "FULL_DEVICE_NAME");
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
