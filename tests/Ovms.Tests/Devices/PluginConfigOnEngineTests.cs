using Ovms.Devices;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

/// <summary>What of --plugin_config reaches the real engine.</summary>
public sealed class PluginConfigOnEngineTests
{
    [Test]
    [Arguments("CPU", """{"NUM_STREAMS": 2}""", "2")]
    [Arguments("CPU", """{"CPU_THROUGHPUT_STREAMS": "2"}""", "2")]
    [Arguments("AUTO:CPU", """{"NUM_STREAMS": "2"}""", "2")]
    [Arguments("CPU", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""", "2")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""", "2")]
    [Arguments("AUTO", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""", "2")]
    [Arguments("HETERO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""", "2")]
    [Arguments("MULTI:CPU", """{"DEVICE_PROPERTIES": "{\"CPU\": {\"NUM_STREAMS\": \"2\"}}"}""", "2")]
    [Arguments("BATCH:CPU(4)", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""", "2")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {}}}""", "1")]
    public async Task Streams_ReachTheDevice(string device, string config, string streams)
    {
        if (device == "AUTO")
        {
            DeviceCompilerTests.SkipWhereThereIs("GPU", "NPU");
        }

        if (streams == "2" && Environment.ProcessorCount < 2)
        {
            Skip.Test("One core makes one stream of two.");
        }

        using Compiled compiled = Compiled.Of("dummy", device, config);

        await Assert.That(compiled.Fact.Streams).IsEqualTo(streams);
        await Assert.That(compiled.Answer()).IsEqualTo(10f);
    }

    [Test]
    [Arguments("HETERO:GPU_ON_CPU,CPU", "1")]
    [Arguments("AUTO:CPU,GPU_ON_CPU", "2")]
    public async Task Sections_ReachEachDeviceItsOwn(string device, string threads)
    {
        if (Environment.ProcessorCount < 2)
        {
            Skip.Test("One core has no second thread to give.");
        }

        const string Config = """{"DEVICE_PROPERTIES": {"GPU_ON_CPU": {"INFERENCE_NUM_THREADS": 1}, "CPU": {"INFERENCE_NUM_THREADS": 2}}}""";
        using Compiled compiled = Compiled.Of("dummy", device, Config, AliasCore.Core, AliasCore.Known);

        await Assert.That(compiled.Fact.Threads).IsEqualTo(threads);
    }

    [Test]
    [Arguments("CPU", "{}", "LATENCY")]
    [Arguments("CPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "THROUGHPUT")]
    [Arguments("CPU", """{"PERF_COUNT": true}""", "LATENCY")]
    [Arguments("HETERO:CPU", "{}", "LATENCY")]
    [Arguments("MULTI:CPU", "{}", "LATENCY")]
    [Arguments("AUTO:CPU", """{"PERFORMANCE_HINT": "CUMULATIVE_THROUGHPUT"}""", "CUMULATIVE_THROUGHPUT")]
    public async Task Hint_IsLatencyUnlessGiven(string device, string config, string hint)
    {
        using Compiled compiled = Compiled.Of("dummy", device, config);

        await Assert.That(compiled.Fact.Hint).IsEqualTo(hint);
    }

    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    public async Task StreamsAndHint_GiveOneWarningAndTheStreamsWin(string device)
    {
        using Compiled compiled = Compiled.Of("dummy", device, """{"NUM_STREAMS": 1, "PERFORMANCE_HINT": "THROUGHPUT"}""");

        await Assert.That(compiled.Fact.Warnings.Single()).Contains("NUM_STREAMS=1 and PERFORMANCE_HINT=THROUGHPUT");
        await Assert.That(compiled.Fact.Streams).IsEqualTo("1");
    }

    [Test]
    [Arguments("CPU", """{"NUM_STREAM": 1}""", "did you mean NUM_STREAMS?")]
    [Arguments("AUTO", """{"NUM_STREAM": 1}""", "did you mean NUM_STREAMS?")]
    [Arguments("AUTO:CPU", """{"FOO": 1}""", "FOO is not a property of AUTO or CPU")]
    [Arguments("HETERO:CPU", """{"FOO": 1}""", "FOO is not a property of HETERO or CPU")]
    [Arguments("MULTI:CPU", """{"INFERENCE_NUM_THREAD": 1}""", "did you mean INFERENCE_NUM_THREADS?")]
    [Arguments("BATCH:CPU(4)", """{"AUTO_BATCH_TIMEOUTS": 1}""", "did you mean AUTO_BATCH_TIMEOUT?")]
    [Arguments("BATCH:CPU(4)", """{"AUTO_BATCH_TIMEOUT": "soon"}""", "AUTO_BATCH_TIMEOUT cannot be \"soon\"")]
    [Arguments("CPU", """{"NUM_STREAMS": "abc"}""", "NUM_STREAMS cannot be \"abc\"")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"FOO": 2}}}""", "DEVICE_PROPERTIES.CPU.FOO is not a property of CPU")]
    [Arguments("HETERO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAM": 2}}}""", "DEVICE_PROPERTIES.CPU.NUM_STREAM")]
    public async Task Fault_NamesTheKey(string device, string config, string expected)
    {
        Outcome<CompiledOnDevice> outcome = Compiled.TryOf("dummy", device, config);

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(outcome.Detail!).Contains(expected);
    }

    [Test]
    public async Task ValueThatOnlyTheEngineCanJudge_IsRefusedInOurWordsWithItsOwnBehind()
    {
        Outcome<CompiledOnDevice> outcome = Compiled.TryOf("dummy", "CPU", """{"KV_CACHE_PRECISION": "zz"}""");

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(outcome.Detail!).StartsWith(
            "plugin_config: KV_CACHE_PRECISION cannot be \"zz\" on CPU; change it or leave it out. OpenVINO says: ");
        await Assert.That(outcome.Detail!).DoesNotContain("Exception from src/");
    }

    [Test]
    public async Task EverySettablePropertyOfTheCpu_IsKnownToTheCheckInAValueThatTheEngineTakes()
    {
        // The engine's own value of each property of its list goes through our check and back into the engine.
        string[] keys = Engine.Core.GetProperty("CPU", "SUPPORTED_PROPERTIES").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        List<string> refused = [];
        foreach (string key in keys.Where(static key => PropertyRule.For(key).IsSettable))
        {
            string value;
            try
            {
                value = Engine.Core.GetProperty("CPU", key);
            }
            catch (OpenVinoException)
            {
                continue;
            }

            if (PropertyRule.For(key).Normalize(value) is null)
            {
                refused.Add($"{key}={value}");
            }
        }

        await Assert.That(refused).IsEmpty();
    }

    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO:CPU")]
    [Arguments("MULTI:CPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("BATCH:CPU(4)")]
    public async Task PropertyThatIsInNoList_IsTakenWhereTheDeviceTakesIt(string device)
    {
        using Compiled compiled = Compiled.Of("dummy", device, """{"CPU_RUNTIME_CACHE_CAPACITY": 20}""");

        await Assert.That(compiled.Answer()).IsEqualTo(10f);
        await Assert.That(compiled.Fact.Warnings.Count(static warning => warning.Contains("CPU_RUNTIME_CACHE_CAPACITY=20 is not used", StringComparison.Ordinal))).IsEqualTo(device == "CPU" ? 0 : 1);
        Outcome<CompiledOnDevice> slip = Compiled.TryOf("dummy", device, """{"CPU_RUNTIME_CACHE_CAPACITYS": 20}""");
        await Assert.That(slip.Detail!).Contains("did you mean CPU_RUNTIME_CACHE_CAPACITY?");
        Outcome<CompiledOnDevice> text = Compiled.TryOf("dummy", device, """{"CPU_RUNTIME_CACHE_CAPACITY": "many"}""");
        await Assert.That(text.Detail!).Contains("OpenVINO says of CPU_RUNTIME_CACHE_CAPACITY=many: ");
    }

    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO:CPU")]
    [Arguments("BATCH:CPU(4)")]
    public async Task CacheFolder_IsMadeAndUsed(string device)
    {
        using TemporaryFolder folder = new();

        using Compiled compiled = Compiled.Of("dummy", device, cacheDir: folder["cache"]);

        await Assert.That(compiled.Fact.Warnings).IsEmpty();
        await Assert.That(Directory.EnumerateFiles(folder["cache"])).IsNotEmpty();
    }

    [Test]
    public async Task CacheFolderOfTheConfiguration_OverrulesTheServers()
    {
        using TemporaryFolder folder = new();

        using Compiled compiled = Compiled.Of("dummy", "CPU", $$"""{"CACHE_DIR": "{{folder["own"].Replace("\\", "/", StringComparison.Ordinal)}}"}""", cacheDir: folder["servers"]);

        await Assert.That(Directory.EnumerateFiles(folder["own"])).IsNotEmpty();
        await Assert.That(Directory.Exists(folder["servers"])).IsFalse();
    }

    [Test]
    public async Task CacheFolderThatCannotBeWritten_IsDroppedWithAWarning()
    {
        using TemporaryFolder folder = new();
        folder.Touch("file");

        using Compiled compiled = Compiled.Of("dummy", "CPU", cacheDir: folder["file/cache"]);

        await Assert.That(compiled.Fact.Warnings.Single()).StartsWith($"The model cache {folder["file/cache"]} is not used, because it cannot be written: ");
        await Assert.That(compiled.Answer()).IsEqualTo(10f);
    }

    [Test]
    public async Task CacheFolderOnAFullDisk_IsDroppedWithAWarning()
    {
        using FullDisk disk = FullDisk.MountOrSkip();

        using Compiled compiled = Compiled.Of("dummy", "CPU", cacheDir: disk.Path);

        await Assert.That(compiled.Fact.Warnings.Single()).StartsWith($"The model cache {disk.Path} is not used, because it cannot be written: ");
        await Assert.That(compiled.Answer()).IsEqualTo(10f);
    }

    /// <summary>What is left where a disk filled up, or a process was ended, while an entry was written.</summary>
    [Test]
    [Arguments(0)]
    [Arguments(100)]
    [Arguments(1000)]
    public async Task CacheEntryThatIsCutShort_CostsOnlyTime(int length)
    {
        using TemporaryFolder folder = new();
        Compiled.Of("dummy", "CPU", cacheDir: folder.Path).Dispose();
        foreach (string entry in Directory.EnumerateFiles(folder.Path))
        {
            using FileStream file = File.OpenWrite(entry);
            file.SetLength(Math.Min(length, file.Length));
        }

        using Compiled compiled = Compiled.Of("dummy", "CPU", cacheDir: folder.Path);

        await Assert.That(compiled.Answer()).IsEqualTo(10f);
    }
}
