using Ovms.Devices;
using Ovms.Status;

namespace Ovms.Tests.Devices;

public sealed class PropertyCheckTests
{
    private static readonly Dictionary<string, string[]> s_lists = new()
    {
        ["CPU"] = ["NUM_STREAMS", "PERFORMANCE_HINT", "INFERENCE_NUM_THREADS", "ENABLE_CPU_PINNING", "PERF_COUNT", "FULL_DEVICE_NAME", "INFERENCE_PRECISION_HINT", "DYNAMIC_QUANTIZATION_GROUP_SIZE", "CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE", "KV_CACHE_PRECISION"],
        ["NPU"] = ["NUM_STREAMS", "PERFORMANCE_HINT", "NPU_TURBO", "NPU_QUEUE", "MODEL_PTR"],
        ["AUTO"] = ["PERFORMANCE_HINT", "MODEL_PRIORITY", "MULTI_DEVICE_PRIORITIES", "ENABLE_STARTUP_FALLBACK"],
        ["MULTI"] = ["PERFORMANCE_HINT"],
        ["HETERO"] = ["MODEL_DISTRIBUTION_POLICY"],
        ["BATCH"] = ["AUTO_BATCH_TIMEOUT", "PERF_COUNT"],
    };

    [Test]
    [Arguments("CPU", """{"NUM_STREAMS": 2, "PERFORMANCE_HINT": "LATENCY"}""", "NUM_STREAMS=2, PERFORMANCE_HINT=LATENCY")]
    [Arguments("CPU", """{"NUM_STREAMS": "AUTO"}""", "NUM_STREAMS=AUTO")]
    [Arguments("CPU", """{"NUM_STREAMS": "NUMA"}""", "NUM_STREAMS=NUMA")]
    [Arguments("CPU", """{"NUM_STREAMS": 0}""", "NUM_STREAMS=0")]
    [Arguments("NPU", """{"NUM_STREAMS": -1}""", "NUM_STREAMS=-1")]
    [Arguments("CPU", """{"ENABLE_CPU_PINNING": "true"}""", "ENABLE_CPU_PINNING=YES")]
    [Arguments("CPU", """{"ENABLE_CPU_PINNING": "FALSE"}""", "ENABLE_CPU_PINNING=NO")]
    [Arguments("CPU", """{"ENABLE_CPU_PINNING": 1}""", "ENABLE_CPU_PINNING=YES")]
    [Arguments("CPU", """{"CACHE_DIR": "/tmp/x", "ENABLE_MMAP": false, "CACHE_MODE": "OPTIMIZE_SIZE"}""", "CACHE_DIR=/tmp/x, ENABLE_MMAP=NO, CACHE_MODE=OPTIMIZE_SIZE")]
    [Arguments("CPU", """{"INFERENCE_PRECISION_HINT": "f32"}""", "INFERENCE_PRECISION_HINT=f32")]
    [Arguments("CPU", """{"KV_CACHE_PRECISION": "whatever"}""", "KV_CACHE_PRECISION=whatever")]
    [Arguments("CPU", """{"CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE": 0.5}""", "CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE=0.5")]
    [Arguments("AUTO", """{"MODEL_PRIORITY": "HIGH", "INFERENCE_NUM_THREADS": 2, "NPU_TURBO": true}""", "MODEL_PRIORITY=HIGH, INFERENCE_NUM_THREADS=2, NPU_TURBO=YES")]
    [Arguments("BATCH:CPU(4)", """{"AUTO_BATCH_TIMEOUT": 100}""", "AUTO_BATCH_TIMEOUT=100")]
    [Arguments("BATCH:CPU(4)", """{"AUTO_BATCH_TIMEOUT": "100", "NUM_STREAMS": 1}""", "AUTO_BATCH_TIMEOUT=100, NUM_STREAMS=1")]
    [Arguments("HETERO:NPU,CPU", """{"MODEL_DISTRIBUTION_POLICY": "PIPELINE_PARALLEL"}""", "MODEL_DISTRIBUTION_POLICY=PIPELINE_PARALLEL")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"PERF_COUNT": "true"}}}""", "CPU: PERF_COUNT=YES")]
    [Arguments("GPU", """{"GPU_SOMETHING": 1}""", "GPU_SOMETHING=1")]
    [Arguments("CPU", """{"CPU_UNLISTED": 20}""", "CPU_UNLISTED=20")]
    [Arguments("CPU", """{"DEVICE_PROPERTIES": {"CPU": {"CPU_UNLISTED": 20}}}""", "CPU: CPU_UNLISTED=20")]
    public async Task GoodConfiguration_PassesInTheFormOpenVinoTakes(string device, string json, string expected)
    {
        Outcome<PluginConfig> check = Check(device, json);

        await Assert.That(check.Text).IsEqualTo("OK");
        await Assert.That(check.Value!.ToString()).IsEqualTo(expected);
        await Assert.That(check.Value.Warnings).IsEmpty();
    }

    [Test]
    [Arguments("CPU", """{"NUM_STREAM": 2}""", "NUM_STREAM is not a property of CPU; did you mean NUM_STREAMS?")]
    [Arguments("CPU", """{"FOO": 2}""", "FOO is not a property of CPU; no name is near to it")]
    [Arguments("CPU", """{"MODEL_PRIORITY": "HIGH"}""", "MODEL_PRIORITY is not a property of CPU")]
    [Arguments("AUTO", """{"FOO": 2}""", "FOO is not a property of AUTO or CPU")]
    [Arguments("CPU", """{"CPU_RUNTIME_CACHE_CAPACITYS": 20}""", "is not a property of CPU; did you mean CPU_RUNTIME_CACHE_CAPACITY?")]
    [Arguments("AUTO:CPU", """{"CPU_RUNTIME_CACHE_CAPACIT": 20}""", "is not a property of AUTO or CPU; did you mean CPU_RUNTIME_CACHE_CAPACITY?")]
    [Arguments("CPU", """{"FOO": 2}""", "OpenVINO says of FOO=2: CPU does not know it")]
    [Arguments("CPU", """{"CPU_UNLISTED": "x"}""", "OpenVINO says of CPU_UNLISTED=x: CPU does not know it")]
    [Arguments("AUTO:NPU", """{"CPU_UNLISTED": 20}""", "CPU_UNLISTED is not a property of AUTO or NPU")]
    [Arguments("AUTO:CPU", """{"NUMSTREAMS": 2}""", "NUMSTREAMS is not a property of AUTO or CPU; did you mean NUM_STREAMS?")]
    [Arguments("HETERO:CPU", """{"MODEL_PRIORITY": "HIGH"}""", "MODEL_PRIORITY is not a property of HETERO or CPU")]
    [Arguments("HETERO:NPU,CPU", """{"NPU_TURBOS": true}""", "is not a property of HETERO or NPU, CPU; did you mean NPU_TURBO?")]
    [Arguments("BATCH:CPU(4)", """{"CACHE_MODE": "OPTIMIZE_SIZE"}""", "CACHE_MODE is not a property of BATCH or CPU")]
    [Arguments("CPU", """{"NUM_STREAMS": "abc"}""", "NUM_STREAMS cannot be \"abc\"; expected is a whole number, AUTO or NUMA")]
    [Arguments("CPU", """{"NUM_STREAMS": 2.5}""", "NUM_STREAMS cannot be \"2.5\"")]
    [Arguments("CPU", """{"NUM_STREAMS": ""}""", "NUM_STREAMS cannot be \"\"")]
    [Arguments("CPU", """{"INFERENCE_NUM_THREADS": -1}""", "INFERENCE_NUM_THREADS cannot be \"-1\"; expected is a whole number from 0")]
    [Arguments("CPU", """{"INFERENCE_NUM_THREADS": 99999999999}""", "INFERENCE_NUM_THREADS cannot be \"99999999999\"")]
    [Arguments("CPU", """{"INFERENCE_NUM_THREADS": 1e3}""", "INFERENCE_NUM_THREADS cannot be \"1e3\"")]
    [Arguments("CPU", """{"ENABLE_CPU_PINNING": "maybe"}""", "ENABLE_CPU_PINNING cannot be \"maybe\"; expected is true or false")]
    [Arguments("CPU", """{"PERFORMANCE_HINT": "latency"}""", "PERFORMANCE_HINT cannot be \"latency\"; expected is one of LATENCY, THROUGHPUT, CUMULATIVE_THROUGHPUT")]
    [Arguments("CPU", """{"INFERENCE_PRECISION_HINT": "i8"}""", "INFERENCE_PRECISION_HINT cannot be \"i8\"")]
    [Arguments("CPU", """{"CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE": 5}""", "expected is a number from 0 to 1")]
    [Arguments("CPU", """{"CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE": "NaN"}""", "expected is a number from 0 to 1")]
    [Arguments("AUTO", """{"AUTO_BATCH_TIMEOUT": "soon"}""", "AUTO_BATCH_TIMEOUT cannot be \"soon\"")]
    [Arguments("CPU", """{"FULL_DEVICE_NAME": "x"}""", "FULL_DEVICE_NAME: it tells about the device and cannot be set")]
    [Arguments("CPU", """{"CACHE_ENCRYPTION_CALLBACKS": "0123456789abcdef"}""", "CACHE_ENCRYPTION_CALLBACKS: it is a pointer")]
    [Arguments("NPU", """{"MODEL_PTR": "x"}""", "MODEL_PTR: it is a pointer")]
    [Arguments("CPU", """{"OCL_QUEUE": "x"}""", "OCL_QUEUE: it is a pointer")]
    [Arguments("AUTO", """{"MULTI_DEVICE_PRIORITIES": "CPU"}""", "MULTI_DEVICE_PRIORITIES: name the devices in the target device instead")]
    [Arguments("BATCH:CPU", """{"AUTO_BATCH_DEVICE_CONFIG": "CPU(256)"}""", "AUTO_BATCH_DEVICE_CONFIG: name device and batch size in the target device instead, as in BATCH:CPU(256)")]
    [Arguments("CPU", """{"AUTO_BATCH_DEVICE_CONFIG": "CPU(4)"}""", "as in BATCH:CPU(256)")]
    [Arguments("NPU", """{"NUM_STREAMS": 0}""", "plugin_config: NUM_STREAMS cannot be \"0\" on NPU; expected is a whole number from 1, or AUTO")]
    [Arguments("MULTI:CPU,NPU", """{"NUM_STREAMS": "NUMA"}""", "NUM_STREAMS cannot be \"NUMA\" on NPU")]
    [Arguments("AUTO:NPU,CPU", """{"DEVICE_PROPERTIES": {"NPU": {"NUM_STREAMS": -2}}}""", "DEVICE_PROPERTIES.NPU.NUM_STREAMS cannot be \"-2\" on NPU")]
    [Arguments("NPU", """{"NPU_QUEUE": "x"}""", "plugin_config: NPU_QUEUE cannot be \"x\" on NPU; change it or leave it out. OpenVINO says: Invalid value: x for property: NPU_QUEUE")]
    [Arguments("MULTI:CPU,NPU", """{"NPU_QUEUE": "x"}""", "NPU_QUEUE cannot be \"x\" on NPU")]
    [Arguments("HETERO:CPU,NPU", """{"DEVICE_PROPERTIES": {"NPU": {"NPU_QUEUE": "x"}}}""", "DEVICE_PROPERTIES.NPU.NPU_QUEUE cannot be \"x\" on NPU")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAM": 1}}}""", "DEVICE_PROPERTIES.CPU.NUM_STREAM is not a property of CPU; did you mean NUM_STREAMS?")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"MODEL_PRIORITY": "LOW"}}}""", "DEVICE_PROPERTIES.CPU.MODEL_PRIORITY is not a property of CPU")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": "abc"}}}""", "DEVICE_PROPERTIES.CPU.NUM_STREAMS cannot be \"abc\"")]
    [Arguments("CPU", """{"DEVICE_PROPERTIES": {"XXX": {"NUM_STREAMS": 1}}}""", "DEVICE_PROPERTIES names XXX, which is not a known device; known: CPU, GPU, NPU")]
    [Arguments("CPU", """{"DEVICE_PROPERTIES": {"cpu": {"NUM_STREAMS": 1}}}""", "did you mean CPU?")]
    public async Task Fault_NamesTheKeyAndTheRemedy(string device, string json, string expected)
    {
        Outcome<PluginConfig> check = Check(device, json);

        await Assert.That(check.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(check.Detail!).Contains(expected);
    }

    [Test]
    [Arguments("AUTO:CPU", """{"CPU_UNLISTED": 20}""")]
    [Arguments("AUTO", """{"CPU_UNLISTED": 20}""")]
    [Arguments("HETERO:NPU,CPU", """{"CPU_UNLISTED": 20}""")]
    [Arguments("MULTI:CPU", """{"CPU_UNLISTED": 20}""")]
    [Arguments("BATCH:CPU(4)", """{"CPU_UNLISTED": 20}""")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"CPU_UNLISTED": 20}}}""")]
    public async Task PropertyThatTheModeDoesNotHandOn_IsLeftOutWithAWarning(string device, string json)
    {
        PluginConfig check = Check(device, json).Value!;

        await Assert.That(check.Properties).IsEmpty();
        await Assert.That(check.Sections).IsEmpty();
        await Assert.That(check.Warnings.Single()).Contains("CPU_UNLISTED=20 is not used").And.Contains($"{device.Split(':')[0]} does not hand it on");
    }

    [Test]
    public async Task SectionOfADeviceThatIsNotNamed_IsLeftOutWithAWarning()
    {
        PluginConfig check = Check("CPU", """{"DEVICE_PROPERTIES": {"NPU": {"NUM_STREAMS": 1}}}""").Value!;

        await Assert.That(check.Sections).IsEmpty();
        await Assert.That(check.Warnings.Single()).Contains("DEVICE_PROPERTIES.NPU is not used, because CPU does not name that device");
    }

    [Test]
    public async Task SectionOfAnAbsentDevice_IsLeftOutInSilence()
    {
        // The warning that the device is absent stands alone.
        PluginConfig check = Check("AUTO:GPU,CPU", """{"DEVICE_PROPERTIES": {"GPU": {"ANYTHING": 1}, "CPU": {"NUM_STREAMS": 1}}}""", "AUTO:CPU").Value!;

        await Assert.That(check.ToString()).IsEqualTo("CPU: NUM_STREAMS=1");
        await Assert.That(check.Warnings).IsEmpty();
    }

    [Test]
    [Arguments("""{"GPU_HOST_TASK_PRIORITY": "LOW"}""")]
    [Arguments("""{"QUEUE_THROTTLE": "LOW"}""")]
    public async Task PropertyThatMayBeAnAbsentDevices_IsLeftOutWithAWarning(string json)
    {
        PluginConfig check = Check("AUTO:GPU,CPU", json, "AUTO:CPU").Value!;

        await Assert.That(check.Properties).IsEmpty();
        await Assert.That(check.Warnings.Single()).Contains("may be one of GPU, which is absent");
    }

    [Test]
    public async Task SlipOfThePen_IsRefusedThoughADeviceIsAbsent()
    {
        await Assert.That(Check("AUTO:GPU,CPU", """{"NUM_STREAM": 1}""", "AUTO:CPU").Detail!).Contains("did you mean NUM_STREAMS?");
    }

    [Test]
    public async Task KeyThatTheModeKnows_OpensNoDevice()
    {
        List<string> asked = [];
        PropertyCheck check = new(new SupportedProperties(name => { asked.Add(name); return s_lists.GetValueOrDefault(name); }, TryOn), KnownDevices.BuiltIn);
        TargetDevice auto = TargetDevice.Parse("AUTO").Value!;

        check.Check(PluginConfig.Parse("""{"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_NUM_THREADS": 1}""").Value!, auto, auto);

        await Assert.That(asked).IsEquivalentTo(new[] { "AUTO", "CPU" });
    }

    // The CPU takes one property that is not in its list; NPU takes none, and a mode is never tried.
    private static string? TryOn(string device, DeviceProperty property) => (device, property.Key, property.Value) switch
    {
        ("CPU", "CPU_UNLISTED", "20") => null,
        ("NPU", "NPU_QUEUE", "x") => "Invalid value: x for property: NPU_QUEUE",
        ("CPU" or "NPU", _, _) => $"{device} does not know it",
        _ => throw new InvalidOperationException($"{device} was tried."),
    };

    private static Outcome<PluginConfig> Check(string device, string json, string? target = null)
    {
        PropertyCheck check = new(new SupportedProperties(static name => s_lists.GetValueOrDefault(name), TryOn), KnownDevices.BuiltIn);
        return check.Check(PluginConfig.Parse(json).Value!, TargetDevice.Parse(device).Value!, TargetDevice.Parse(target ?? device).Value!);
    }
}
