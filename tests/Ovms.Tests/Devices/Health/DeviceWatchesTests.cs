using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tests.Serving.Lifecycle;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices.Health;

/// <summary>The CPU stands for a device that computes, a name that OpenVINO does not know for one that fails.</summary>
internal sealed class DeviceWatchesTests
{
    private const string Well = "CPU";
    private const string Broken = "GPU_ON_NOTHING";

    private static readonly Func<Task<string?>> s_noTrouble = static () => Task.FromResult<string?>(null);

    private readonly FakeClock _clock = new();
    private readonly ManagedModels.Lines _log = new();
    private int _freed;

    [Test]
    public async Task Probe_TellsWhetherADeviceComputes()
    {
        DeviceCalls calls = Make().Calls;
        await Assert.That(await new DeviceProbe(Engine.Core, Well, calls).AskAsync(TimeSpan.FromMinutes(5))).IsNull();
        await Assert.That(await new DeviceProbe(Engine.Core, Broken, calls).AskAsync(TimeSpan.FromMinutes(5))).Contains(Broken);
    }

    [Test]
    public async Task ModelOnDevicesThatCompute_IsFreed_WhenNothingUsesIt()
    {
        DeviceWatches watches = Make();
        TaskCompletionSource idle = new();
        Task freeing = FreeAsync(watches, idle.Task, Well);
        await Assert.That((freeing.IsCompleted, _freed)).IsEqualTo((false, 0));
        idle.SetResult();
        await freeing;
        await Assert.That(_freed).IsEqualTo(1);
    }

    [Test]
    public async Task ModelOnADeviceThatFails_IsLeftBehind()
    {
        DeviceWatches watches = Make();
        await FreeAsync(watches, Task.CompletedTask, Well, Broken);
        await Assert.That(_freed).IsEqualTo(0);
        await Assert.That(watches.All.Single(static watch => watch.Device == Broken).LeftBehind).IsEqualTo(1);
        await Assert.That(_log.Count("Model m was unloaded but is not freed, because of GPU_ON_NOTHING")).IsEqualTo(1);

        // It is asked again, and still fails.
        _clock.Advance(await _clock.WhenSetAsync());
        await Assert.That(await _clock.WhenSetAsync()).IsEqualTo(TimeSpan.FromSeconds(2));
        await Assert.That(_freed).IsEqualTo(0);
    }

    [Test]
    public async Task ModelsLeftBehind_AreFreedWhenTheDeviceComputes_AndTheLineHasTheirNumber()
    {
        DeviceWatches watches = Make();
        DeviceWatch watch = watches.Of(Well);
        LeaveBehind(watch, isFreed: true);
        LeaveBehind(watch, isFreed: false);
        LeaveBehind(watch, isFreed: true);
        _clock.Advance(await _clock.WhenSetAsync());
        await Assert.That(await _clock.WhenSetAsync()).IsGreaterThan(TimeSpan.Zero);
        await Assert.That((_freed, watch.LeftBehind)).IsEqualTo((2, 1));
        await Assert.That(_log.Count("CPU computes again; models left behind on it that were freed: 2")).IsEqualTo(1);
    }

    [Test]
    public async Task ModelWithTroubleOfItsOwn_StaysUntilThatIsOver_AndCounts()
    {
        DeviceWatches watches = Make();
        string? trouble = "an inference with zeros on it has not ended";
        int asked = 0;
        int freed = 0;
        await watches.FreeAsync("m", Engine.Core, ["CPU"], Task.CompletedTask, Ask, () => freed++);
        DeviceWatch watch = watches.Of("CPU");
        await Assert.That(watch.LeftBehind).IsEqualTo(1);
        await Assert.That(_log.ToString()).Contains("Model m was unloaded but is not freed, because of CPU: an inference with zeros");

        // A second one that is well is not held up, and the first one is not told of again.
        await watches.FreeAsync("n", Engine.Core, ["CPU"], Task.CompletedTask, s_noTrouble, () => freed++);
        await Assert.That(freed).IsEqualTo(1);
        for (int seconds = 1; seconds <= 4; seconds *= 2)
        {
            await Assert.That((await _clock.WhenSetAsync()).TotalSeconds).IsEqualTo(seconds);
            trouble = seconds < 4 ? trouble : null;
            _clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        while (_log.Count("computes again") == 0)
        {
            await Task.Delay(1);
        }

        await Assert.That(watch.LeftBehind).IsEqualTo(0);

        await Assert.That(freed).IsEqualTo(2);
        await Assert.That(asked).IsEqualTo(4);
        await Assert.That(_log.Count("was unloaded but is not freed")).IsEqualTo(1);
        await Assert.That(_log.Count("CPU computes again; models left behind on it that were freed: 1")).IsEqualTo(1);

        Task<string?> Ask()
        {
            asked++;
            return Task.FromResult<string?>(trouble);
        }
    }

    [Test]
    public async Task AfterTheEnd_NothingIsFreedNorToldToBe()
    {
        DeviceWatches watches = Make();
        TaskCompletionSource never = new();
        Task freeing = FreeAsync(watches, never.Task, Well);
        watches.End();
        await freeing;
        await FreeAsync(watches, Task.CompletedTask, Well);
        await Assert.That(_freed).IsEqualTo(0);
        await Assert.That(_log.Count("freed")).IsEqualTo(0);
    }

    [Test]
    public async Task EndOfTheProcess_WaitsForNoAnswer()
    {
        DeviceWatches watches = Make();
        int freed = 0;
        watches.End();
        await watches.FreeAsync(
            "m", Engine.Core, [Well], new TaskCompletionSource().Task, static () => new TaskCompletionSource<string?>().Task, () => freed++);
        await Assert.That(freed).IsEqualTo(0);
        await Assert.That(watches.Of("CPU").LeftBehind).IsEqualTo(0);
    }

    [Test]
    public async Task EightLeftBehind_RefuseLoads_AndModelsThatAreHeldCountToo()
    {
        DeviceWatch watch = Make().Of(Well);
        TaskCompletionSource freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (int model = 1; model < DeviceWatch.MostLeftBehind; model++)
        {
            LeaveBehind(watch, isFreed: false);
        }

        await Assert.That(watch.Refusal.IsOk).IsTrue();
        watch.CountAsLeftBehind("m", "no answer", freed.Task);
        await Assert.That(watch.LeftBehind).IsEqualTo(DeviceWatch.MostLeftBehind);
        await Assert.That(watch.Refusal.Code).IsEqualTo(StatusCode.DeviceFailed);
        await Assert.That(watch.Refusal.Detail).StartsWith("CPU fails (no answer), and 8 compiled models");
        freed.SetResult();
        while (!watch.Refusal.IsOk)
        {
            await Task.Yield();
        }

        await Assert.That(watch.LeftBehind).IsEqualTo(DeviceWatch.MostLeftBehind - 1);
    }

    // A device of a former core may fail for ever, while that of the current one is well.
    [Test]
    public async Task ModelsLeftBehindWithAFormerCore_RefuseNoLoads()
    {
        EngineCores cores = new(AliasCore.Core, static () => new Core(), _clock);
        DeviceWatches watches = new(cores, _clock, _log);
        DeviceCompiler compiler = new(cores, AliasCore.Known, HardwareProbe.OfThisMachine(), watches);
        TargetDevice target = TargetDevice.Parse("HETERO:GPU_ON_CPU,CPU").Value!;
        for (int model = 0; model < DeviceWatch.MostLeftBehind; model++)
        {
            watches.Of("GPU_ON_CPU").LeaveBehind("m", "it is gone", static () => Task.FromResult(false));
        }

        await Assert.That(compiler.Check(target, PluginConfig.Empty).Code).IsEqualTo(StatusCode.DeviceFailed);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.That(cores.TryRenew(static _ => true)).IsTrue();
        await Assert.That(watches.OfCurrentCore).IsEmpty();
        await Assert.That(compiler.Check(target, PluginConfig.Empty).Code).IsNotEqualTo(StatusCode.DeviceFailed);
        await Assert.That(watches.All.Sum(static watch => watch.LeftBehind)).IsEqualTo(DeviceWatch.MostLeftBehind);
    }

    private DeviceWatches Make() => new(new EngineCores(Engine.Core), _clock, _log);

    private Task FreeAsync(DeviceWatches watches, Task idle, params string[] devices) =>
        watches.FreeAsync("m", Engine.Core, [.. devices], idle, s_noTrouble, () => _freed++);

    private void LeaveBehind(DeviceWatch watch, bool isFreed) => watch.LeaveBehind(
        "m",
        "it fails",
        () =>
        {
            _freed += isFreed ? 1 : 0;
            return Task.FromResult(isFreed);
        });
}
