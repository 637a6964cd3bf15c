using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

/// <summary>Device strings on the real engine. Rows that need GPU or NPU absent are skipped, with the reason, where they are not.</summary>
public sealed class DeviceCompilerTests
{
    [Test]
    [Arguments("CPU", "CPU")]
    [Arguments("", "CPU")]
    [Arguments("AUTO", "AUTO")]
    [Arguments("AUTO:", "AUTO")]
    [Arguments("AUTO:CPU", "AUTO:CPU")]
    [Arguments("AUTO:CPU,-GPU", "AUTO:CPU,-GPU")]
    [Arguments("AUTO:-GPU", "AUTO:-GPU")]
    [Arguments("HETERO:CPU", "HETERO:CPU")]
    [Arguments("MULTI:CPU", "MULTI:CPU")]
    [Arguments("MULTI:CPU(2)", "MULTI:CPU(2)")]
    [Arguments("BATCH:CPU", "BATCH:CPU")]
    [Arguments("BATCH:CPU(16)", "BATCH:CPU(16)")]
    public async Task DeviceThatIsThere_Serves(string device, string compiledFor)
    {
        if (device.StartsWith("AUTO", StringComparison.Ordinal) && !device.Contains("AUTO:CPU", StringComparison.Ordinal))
        {
            SkipWhereThereIs("GPU", "NPU");
        }

        using Compiled compiled = Compiled.Of("dummy", device);

        await Assert.That(compiled.Fact.Device).IsEqualTo(compiledFor);
        await Assert.That(compiled.Fact.ExecutionDevices).IsEqualTo("CPU");
        await Assert.That(compiled.Fact.Warnings).IsEmpty();
        await Assert.That(compiled.Answer()).IsEqualTo(10f);
    }

    [Test]
    [Arguments("AUTO:GPU,CPU", "AUTO:CPU")]
    [Arguments("MULTI:GPU,CPU", "MULTI:CPU")]
    [Arguments("HETERO:CPU,GPU", "HETERO:CPU")]
    [Arguments("AUTO:GPU,NPU,CPU", "AUTO:CPU")]
    public async Task AbsentDeviceOfAModeThatFallsBack_ServesWithOneWarning(string device, string compiledFor)
    {
        SkipWhereThereIs("GPU", "NPU");

        using Compiled compiled = Compiled.Of("dummy", device);

        await Assert.That(compiled.Fact.Device).IsEqualTo(compiledFor);
        await Assert.That(compiled.Fact.Warnings.Single()).Contains($"absent, so {device} goes on as {compiledFor}. Missing for GPU: ");
        await Assert.That(compiled.Answer()).IsEqualTo(10f);
    }

    [Test]
    [Arguments("GPU", "GPU")]
    [Arguments("GPU.1", "GPU.1")]
    [Arguments("NPU", "NPU")]
    [Arguments("HETERO:GPU,CPU", "GPU")]
    [Arguments("AUTO:GPU", "GPU")]
    [Arguments("BATCH:GPU(4)", "GPU")]
    public async Task AbsentDevice_IsRefusedWithWhatWasAskedWhatIsPresentAndWhatIsMissing(string device, string missing)
    {
        SkipWhereThereIs("GPU", "NPU");

        Outcome<CompiledOnDevice> outcome = Compiled.TryOf("dummy", device);

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.TargetDeviceNotAvailable);
        await Assert.That(outcome.Detail!).StartsWith($"{device} was requested; present: CPU. Missing for {missing}: ");
    }

    [Test]
    [Arguments("FPGA")]
    [Arguments("cpu")]
    [Arguments("CPU.0")]
    [Arguments("GPU_ON_CPU")]
    [Arguments("AUTO:-CPU,-FPGA")]
    public async Task UnknownDevice_IsRefused(string device)
    {
        await Assert.That(Compiled.TryOf("dummy", device).Code).IsEqualTo(StatusCode.TargetDeviceNotAvailable);
    }

    [Test]
    [Arguments("HETERO:GPU_ON_CPU,CPU", "{}", "GPU_ON_CPU")]
    [Arguments("HETERO:CPU,GPU_ON_CPU", "{}", "CPU")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", "{}", "GPU_ON_CPU")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", """{"PERFORMANCE_HINT": "LATENCY"}""", "GPU_ON_CPU")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "GPU_ON_CPU")]
    [Arguments("BATCH:NPU_ON_CPU(4)", "{}", "NPU_ON_CPU")]
    [Arguments("GPU_ON_CPU", "{}", "GPU_ON_CPU")]
    public async Task SeveralDevices_ServeOnTheFirstNamed(string device, string config, string executing)
    {
        using Compiled compiled = Compiled.Of("dummy", device, config, AliasCore.Core, AliasCore.Known);

        await Assert.That(compiled.Fact.ExecutionDevices).IsEqualTo(executing);
        await Assert.That(compiled.Fact.Device).IsEqualTo(device);
        await Assert.That(compiled.Fact.Warnings).IsEmpty();
        await Assert.That(compiled.Answer()).IsEqualTo(10f);
    }

    [Test]
    [Arguments("MULTI:GPU_ON_CPU,CPU", "{}")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", """{"PERFORMANCE_HINT": "CUMULATIVE_THROUGHPUT"}""")]
    public async Task DevicesTogether_ServeOnThoseNamed(string device, string config)
    {
        using Compiled compiled = Compiled.Of("dummy", device, config, AliasCore.Core, AliasCore.Known);

        // OpenVINO reports one device of several that are the same plugin; that it is not both is then what the warning says.
        await Assert.That(compiled.Fact.ExecutionDevices.Split(", ").Except(["GPU_ON_CPU", "CPU"])).IsEmpty();
        await Assert.That(compiled.Answer()).IsEqualTo(10f);
    }

    [Test]
    [Arguments("BATCH:CPU", "BATCH takes models of fixed shapes only; input ")]
    [Arguments("BATCH:CPU(4)", "are dynamic. Fix it with --shape \"(1,1)\"")]
    public async Task DynamicModel_IsRefusedByBatch(string device, string expected)
    {
        Outcome<CompiledOnDevice> outcome = Compiled.TryOf("dynamic", device);

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(outcome.Detail!).Contains(expected);
    }

    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("MULTI:CPU")]
    public async Task DynamicModel_CompilesElsewhere(string device)
    {
        using Compiled compiled = Compiled.Of("dynamic", device);

        await Assert.That(compiled.Fact.ExecutionDevices).IsEqualTo("CPU");
    }

    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("MULTI:CPU")]
    [Arguments("BATCH:CPU(4)")]
    public async Task Facts_AreToldInEveryMode(string device)
    {
        using Compiled compiled = Compiled.Of("dummy", device, """{"NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}""");

        await Assert.That(compiled.Fact.Streams).IsEqualTo("1");
        await Assert.That(compiled.Fact.Threads).IsEqualTo("1");
        await Assert.That(compiled.Fact.InferencePrecision).IsEqualTo("f32");
        await Assert.That(compiled.Fact.Hint).IsNotNull();
        await Assert.That(compiled.Fact.RequestCount).IsEqualTo(device.StartsWith("BATCH", StringComparison.Ordinal) ? 4 : 1);
    }

    [Test]
    [Arguments(0, 16)]
    [Arguments(3, 3)]
    [Arguments(100_000, 100_000)]
    public async Task Requests_AreAsAskedForElseWhatTheModelFindsOptimal(int nireq, int expected)
    {
        using Compiled compiled = Compiled.Of("dummy", "BATCH:CPU(16)", nireq: nireq);

        await Assert.That(compiled.Fact.RequestCount).IsEqualTo(expected);
    }

    [Test]
    public async Task NoProc_IsRefusedBeforeTheEngineHangs()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip.Test("Only Linux has /proc.");
        }

        using TemporaryFolder root = new();
        DeviceCompiler compiler = new(new EngineCores(Engine.Core), KnownDevices.BuiltIn, new HardwareProbe(root.Path, static _ => true, static _ => false));
        using Model model = Engine.Core.ReadModel(Compiled.PathOf("dummy"));

        Outcome<CompiledOnDevice> outcome = compiler.Compile(model, TargetDevice.Cpu, PluginConfig.Empty, 0, null);

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.CannotCompileModelIntoTargetDevice);
        await Assert.That(outcome.Detail!).Contains("there is no /proc");
    }

    /// <summary>Skips, saying so, on a machine that has what a test needs to be absent.</summary>
    internal static void SkipWhereThereIs(params ReadOnlySpan<string> types)
    {
        DevicePresence presence = new DeviceInventory(new EngineCores(Engine.Core), KnownDevices.BuiltIn, HardwareProbe.OfThisMachine()).FindAll();
        foreach (string type in types)
        {
            if (presence.Has(new DeviceName(type)))
            {
                Skip.Test($"This machine has a {type}, and the test is about one that has none.");
            }
        }
    }
}
