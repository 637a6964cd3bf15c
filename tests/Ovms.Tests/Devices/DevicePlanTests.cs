using System.Collections.Immutable;
using Ovms.Devices;
using Ovms.Status;

namespace Ovms.Tests.Devices;

public sealed class DevicePlanTests
{
    // What is present → the device string that OpenVINO gets; "" = refused. GPU:0,1 = two GPUs; X: = none.
    [Test]
    [Arguments("CPU", "GPU: NPU:", "CPU")]
    [Arguments("GPU", "GPU:0", "GPU")]
    [Arguments("GPU", "GPU:", "")]
    [Arguments("GPU.1", "GPU:0,1", "GPU.1")]
    [Arguments("GPU.1", "GPU:0", "")]
    [Arguments("NPU", "NPU:", "")]
    [Arguments("NPU", "NPU:3720", "NPU")]
    [Arguments("BATCH:GPU(4)", "GPU:", "")]
    [Arguments("BATCH:GPU(4)", "GPU:0", "BATCH:GPU(4)")]
    [Arguments("BATCH:CPU(16)", "", "BATCH:CPU(16)")]
    [Arguments("AUTO", "", "AUTO")]
    [Arguments("AUTO:-GPU", "", "AUTO:-GPU")]
    [Arguments("AUTO:-CPU", "GPU: NPU:", "")]
    [Arguments("AUTO:-CPU", "GPU:0 NPU:", "AUTO:-CPU")]
    [Arguments("AUTO:-CPU,-GPU", "GPU:0 NPU:", "")]
    [Arguments("AUTO:-CPU,-GPU.0", "GPU:0,1 NPU:", "AUTO:-CPU,-GPU.0")]
    [Arguments("AUTO:CPU", "", "AUTO:CPU")]
    [Arguments("AUTO:GPU", "GPU:", "")]
    [Arguments("AUTO:GPU,CPU", "GPU:", "AUTO:CPU")]
    [Arguments("AUTO:GPU,CPU", "GPU:0", "AUTO:GPU,CPU")]
    [Arguments("AUTO:GPU,NPU,CPU", "GPU: NPU:3720", "AUTO:NPU,CPU")]
    [Arguments("AUTO:GPU,NPU", "GPU: NPU:", "")]
    [Arguments("AUTO:GPU.1,GPU.0,CPU", "GPU:0", "AUTO:GPU.0,CPU")]
    [Arguments("AUTO:GPU,CPU,-CPU", "GPU:", "")]
    [Arguments("AUTO:CPU,-CPU", "", "")]
    [Arguments("AUTO:CPU,-GPU", "", "AUTO:CPU,-GPU")]
    [Arguments("MULTI:GPU,CPU", "GPU:", "MULTI:CPU")]
    [Arguments("MULTI:GPU(4),CPU(8)", "GPU:", "MULTI:CPU(8)")]
    [Arguments("MULTI:GPU", "GPU:", "")]
    [Arguments("HETERO:CPU,GPU", "GPU:", "HETERO:CPU")]
    [Arguments("HETERO:GPU,CPU", "GPU:", "")]
    [Arguments("HETERO:GPU,CPU", "GPU:0", "HETERO:GPU,CPU")]
    [Arguments("HETERO:CPU,GPU,NPU", "GPU: NPU:", "HETERO:CPU")]
    [Arguments("HETERO:GPU_ON_CPU,CPU", "GPU_ON_CPU:-", "HETERO:GPU_ON_CPU,CPU")]
    public async Task Plan_GoesOnWithWhatIsThereWhereTheModePromisesIt(string asked, string present, string expected)
    {
        Outcome<DevicePlan> plan = DevicePlan.Make(TargetDevice.Parse(asked).Value!, Presence(present));

        await Assert.That(plan.IsOk ? plan.Value.Target.ToString() : "").IsEqualTo(expected);
        if (!plan.IsOk)
        {
            await Assert.That(plan.Code).IsEqualTo(StatusCode.TargetDeviceNotAvailable);
            return;
        }

        await Assert.That(plan.Value.Warning is not null).IsEqualTo(expected != asked);
    }

    [Test]
    public async Task Failure_SaysWhatWasAskedWhatIsPresentAndWhatIsMissing()
    {
        Outcome<DevicePlan> plan = DevicePlan.Make(TargetDevice.Parse("HETERO:GPU,CPU").Value!, Presence("GPU: NPU:3720"));

        await Assert.That(plan.Detail!).IsEqualTo("HETERO:GPU,CPU was requested; present: CPU, NPU.3720. Missing for GPU: no node of GPU; no driver of GPU");
    }

    [Test]
    public async Task Fallback_IsOneSentenceNamingAllThatIsAbsentAndWhy()
    {
        DevicePlan plan = DevicePlan.Make(TargetDevice.Parse("AUTO:GPU,NPU,CPU").Value!, Presence("GPU: NPU:")).Value!;

        await Assert.That(plan.Warning).IsEqualTo(
            "GPU and NPU are absent, so AUTO:GPU,NPU,CPU goes on as AUTO:CPU. Missing for GPU: no node of GPU; no driver of GPU. Missing for NPU: no node of NPU; no driver of NPU");
    }

    [Test]
    public async Task AbsentNumber_NamesTheNumbersThatAreThere()
    {
        Outcome<DevicePlan> plan = DevicePlan.Make(TargetDevice.Parse("GPU.2").Value!, Presence("GPU:0,1"));

        await Assert.That(plan.Detail!).IsEqualTo("GPU.2 was requested; present: CPU, GPU.0, GPU.1. Missing for GPU.2: there is no GPU.2, only GPU.0, GPU.1");
    }

    [Test]
    public async Task BatchOnAbsentDevice_NamesTheDeviceWithoutTheBatch()
    {
        Outcome<DevicePlan> plan = DevicePlan.Make(TargetDevice.Parse("BATCH:GPU(4)").Value!, Presence("GPU:"));

        await Assert.That(plan.Detail!).StartsWith("BATCH:GPU(4) was requested; present: CPU. Missing for GPU:");
    }

    private static DevicePresence Presence(string text)
    {
        Dictionary<string, ImmutableArray<string>> found = [];
        Dictionary<string, ImmutableArray<string>> reasons = [];
        foreach (string item in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = item.Split(':');
            found[parts[0]] = parts[1] == "-" ? [""] : [.. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries)];
            if (found[parts[0]].IsEmpty)
            {
                reasons[parts[0]] = [$"no node of {parts[0]}", $"no driver of {parts[0]}"];
            }
        }

        return new DevicePresence(found.ToImmutableDictionary(), reasons.ToImmutableDictionary());
    }

    [Test]
    [Arguments("AUTO:GPU,CPU", "AUTO:CPU")]
    [Arguments("MULTI:GPU,CPU", "MULTI:CPU")]
    [Arguments("AUTO:GPU.0,GPU.1", "AUTO:GPU.1")]
    [Arguments("AUTO", "AUTO:-GPU.0")]
    [Arguments("AUTO:-GPU.1", "AUTO:-GPU.1,-GPU.0")]
    [Arguments("AUTO:GPU.1,CPU", "AUTO:GPU.1,CPU")]
    [Arguments("GPU.1", "GPU.1")]
    [Arguments("HETERO:CPU,GPU.1", "HETERO:CPU,GPU.1")]
    [Arguments("CPU", "CPU")]
    public async Task DeviceThatFails_IsLeftOutWhereAnotherCanGoOn(string asked, string left)
    {
        Outcome<DevicePlan> plan = WithoutFirstGpu(asked);
        await Assert.That(plan.IsOk).IsTrue();
        await Assert.That(plan.Value!.Target.ToString()).IsEqualTo(left);
        await Assert.That(plan.Value.Warning?.Contains("GPU.0 fails") == true).IsEqualTo(asked != left);
    }

    [Test]
    [Arguments("GPU")]
    [Arguments("GPU.0")]
    [Arguments("BATCH:GPU(4)")]
    [Arguments("HETERO:GPU,CPU")]
    [Arguments("HETERO:CPU,GPU")]
    [Arguments("AUTO:GPU")]
    [Arguments("AUTO:-CPU")]
    public async Task DeviceThatFails_IsRefusedWhereNoneCanGoOn(string asked) =>
        await Assert.That(WithoutFirstGpu(asked).Code).IsEqualTo(StatusCode.DeviceFailed);

    private static Outcome<DevicePlan> WithoutFirstGpu(string asked)
    {
        TargetDevice target = TargetDevice.Parse(asked).Value!;
        DevicePresence two = new(
            ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add("GPU", ["0", "1"]),
            ImmutableDictionary<string, ImmutableArray<string>>.Empty);
        return DevicePlan.Make(target, two).Value!.Without(
            two.HoldersOf(target), [new DeviceName("GPU", "0")], Outcome.Fail(StatusCode.DeviceFailed, "GPU.0 fails"));
    }
}
