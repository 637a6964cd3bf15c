using Ovms.Devices;
using Ovms.Generation.Loading;
using Ovms.Status;

namespace Ovms.Tests.Generation.Loading;

internal sealed class DeviceTrialsTests
{
    private readonly List<string> _warnings = [];
    private readonly List<string> _tried = [];

    [Test]
    public async Task DeviceThatCannotLoad_IsLeftWithOneWarningAndTheNextIsTried()
    {
        Outcome<string> loaded = First("AUTO:GPU.1,GPU,CPU", device => device == "CPU" ? "well" : Fails($"{device} has no kernels"));

        await Assert.That(loaded.Value).IsEqualTo("well");
        await Assert.That(_tried).IsEquivalentTo(["GPU.1", "GPU", "CPU"]);
        await Assert.That(_warnings).IsEquivalentTo(
            [
                "GPU.1 cannot load the model, so AUTO:GPU.1,GPU,CPU goes on with GPU: GPU.1 has no kernels",
                "GPU cannot load the model, so AUTO:GPU.1,GPU,CPU goes on with CPU: GPU has no kernels",
            ]);
    }

    [Test]
    public async Task NoDeviceLeft_TellsTheReasonsOfAll()
    {
        Outcome<string> loaded = First("AUTO:GPU,CPU", static device => Fails($"reason of {device}"));

        await Assert.That(loaded.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(loaded.Detail)
            .IsEqualTo("AUTO:GPU,CPU: no device can load the model. GPU: reason of GPU. CPU: reason of CPU");
        await Assert.That(_warnings).HasSingleItem();
    }

    [Test]
    public async Task OneDevice_FailsWithItsOwnReason()
    {
        Outcome<string> loaded = First("GPU", static _ => Fails("a reason"));

        await Assert.That(loaded.Detail).IsEqualTo("a reason");
        await Assert.That(_warnings).IsEmpty();
    }

    [Test]
    public async Task WhatNoOtherDeviceMends_EndsTheTrials()
    {
        Outcome<string> loaded = First("AUTO:GPU,CPU", static _ => Outcome.Fail(StatusCode.ModelConfigInvalid, "plugin_config: no"));

        await Assert.That(loaded.Detail).IsEqualTo("plugin_config: no");
        await Assert.That(_tried).HasSingleItem();
        await Assert.That(_warnings).IsEmpty();
    }

    private static Outcome<string> Fails(string why) => Outcome.Fail(StatusCode.ModelNotLoaded, why);

    private Outcome<string> First(string asked, Func<string, Outcome<string>> load)
    {
        TargetDevice target = TargetDevice.Parse(asked).Value!;
        return DeviceTrials.First(
            target,
            DevicePlace.InOrder(target, static () => []),
            device =>
            {
                _tried.Add(device.ToString());
                return load(device.ToString());
            },
            _warnings.Add);
    }
}
