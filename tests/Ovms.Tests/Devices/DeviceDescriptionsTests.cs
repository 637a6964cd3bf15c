using Ovms.Devices;

namespace Ovms.Tests.Devices;

public sealed class DeviceDescriptionsTests
{
    private static readonly Dictionary<string, string> s_facts = new()
    {
        ["GPU AVAILABLE_DEVICES"] = "0 1",
        ["GPU.0 FULL_DEVICE_NAME"] = "Intel(R) Iris(R) Xe Graphics (iGPU)",
        ["GPU.0 DEVICE_TYPE"] = "integrated",
        ["GPU.0 GPU_DEVICE_TOTAL_MEM_SIZE"] = "13421772800",
        ["GPU.0 GPU_DRIVER_VERSION"] = "24.35.30872",
        ["GPU.1 FULL_DEVICE_NAME"] = "Intel(R) Arc(TM) A770 (dGPU)",
        ["GPU.1 DEVICE_TYPE"] = "discrete",
        ["GPU.1 GPU_DEVICE_TOTAL_MEM_SIZE"] = "17179869184",
    };

    [Test]
    public async Task EachDevice_IsToldOnce_WithItsNumber()
    {
        List<string> told = [];
        DeviceDescriptions descriptions = new((device, key) => s_facts.GetValueOrDefault($"{device} {key}"), told.Add);

        descriptions.Report(["CPU", "GPU", "GPU", "NPU"], "24.1");
        descriptions.Report(["GPU"], null);

        await Assert.That(told).IsEquivalentTo(
        [
            "GPU.0 (also GPU) is Intel(R) Iris(R) Xe Graphics (iGPU); integrated; memory: 12.5 GiB; driver: 24.35.30872",
            "GPU.1 is Intel(R) Arc(TM) A770 (dGPU); discrete; memory: 16.0 GiB; driver: 24.1",
        ]);
    }

    // Plugins report the driver of a compiled model only.
    [Test]
    public async Task DeviceOfAFailedCompilation_IsDescribedAgainWhenItsDriverIsKnown()
    {
        List<string> told = [];
        DeviceDescriptions descriptions = new((device, key) => s_facts.GetValueOrDefault($"{device} {key}"), told.Add);

        descriptions.Report(["GPU"], null);
        descriptions.Report(["GPU"], null);
        await Assert.That(told.Count).IsEqualTo(2);
        await Assert.That(told[1]).EndsWith("driver: not reported");
        descriptions.Report(["GPU"], "24.1");
        descriptions.Report(["GPU"], "24.1");

        await Assert.That(told.Skip(2)).IsEquivalentTo(
            ["GPU.1 is Intel(R) Arc(TM) A770 (dGPU); discrete; memory: 16.0 GiB; driver: 24.1"]);
    }
}
