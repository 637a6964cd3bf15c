using System.Globalization;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Properties: who answers, who refuses, who swallows.</summary>
public class PropertyTests
{
    [Test]
    public async Task OptimalNumberOfInferRequests_IsANumber()
    {
        using CompiledModel compiled = Cpu.Compile("dummy", ("NUM_STREAMS", "2"));
        int optimal = int.Parse(compiled.GetProperty("OPTIMAL_NUMBER_OF_INFER_REQUESTS"), CultureInfo.InvariantCulture);
        await Assert.That(optimal).IsEqualTo(2);
    }

    [Test]
    public async Task GivenProperties_ReachTheDevice()
    {
        using CompiledModel compiled = Cpu.Compile("dummy", ("NUM_STREAMS", "1"), ("INFERENCE_NUM_THREADS", "1"), ("PERFORMANCE_HINT", "THROUGHPUT"));

        await Assert.That(compiled.GetProperty("NUM_STREAMS")).IsEqualTo("1");
        await Assert.That(compiled.GetProperty("INFERENCE_NUM_THREADS")).IsEqualTo("1");
        await Assert.That(compiled.GetProperty("PERFORMANCE_HINT")).IsEqualTo("THROUGHPUT");
    }

    [Test]
    public async Task CoreProperties_HoldForLaterCompiles()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        core.SetProperties("CPU", Cpu.Properties(("NUM_STREAMS", "2")));
        using CompiledModel compiled = core.Compile(model, "CPU", Cpu.None);

        await Assert.That(core.GetProperty("CPU", "NUM_STREAMS")).IsEqualTo("2");
        await Assert.That(compiled.GetProperty("NUM_STREAMS")).IsEqualTo("2");
    }

    [Test]
    public async Task UnknownKeyOfACompiledModel_IsNotAnswered()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");

        bool known = compiled.TryGetProperty("NUM_STREAMS", out string? streams);
        bool unknown = compiled.TryGetProperty("NO_SUCH_KEY", out string? nothing);

        await Assert.That(known).IsTrue();
        await Assert.That(streams).IsNotNull();
        await Assert.That(unknown).IsFalse();
        await Assert.That(nothing).IsNull();
    }

    [Test]
    [Arguments("CPU", false)]
    [Arguments("AUTO:CPU", true)]
    [Arguments("HETERO:CPU", true)]
    public async Task UnknownKey_IsRefusedByTheCpuAndSwallowedByAutoAndHetero(string device, bool swallowed) =>
        await Assert.That(Compiles(device, ("NO_SUCH_KEY", "1"))).IsEqualTo(swallowed);

    [Test]
    [Arguments("{CPU:{NUM_STREAMS:2}}", true)]
    [Arguments("{\"CPU\":{\"NUM_STREAMS\":2}}", false)]
    public async Task DeviceProperties_AreUnderstoodInOpenVinosFormOnly(string form, bool understood)
    {
        // Written as JSON they are accepted and have no effect.
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        using CompiledModel compiled = core.Compile(model, "AUTO:CPU", Cpu.Properties(("DEVICE_PROPERTIES", form)));

        string properties = compiled.GetProperty("DEVICE_PROPERTIES");

        await Assert.That(properties.Contains("NUM_STREAMS:2", StringComparison.Ordinal)).IsEqualTo(understood);
    }

    [Test]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    public async Task UnknownNestedKey_IsSwallowed(string device) =>
        await Assert.That(Compiles(device, ("DEVICE_PROPERTIES", "{CPU:{NO_SUCH_KEY:2}}"))).IsTrue();

    [Test]
    public async Task Batch_RefusesDevicePropertiesButPassesFlatKeysOn()
    {
        await Assert.That(Compiles("BATCH:CPU(4)", ("DEVICE_PROPERTIES", "{CPU:{NUM_STREAMS:2}}"))).IsFalse();
        await Assert.That(Compiles("BATCH:CPU(4)", ("NUM_STREAMS", "2"), ("AUTO_BATCH_TIMEOUT", "200"))).IsTrue();
    }

    [Test]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    public async Task AutoAndHetero_DoNotAnswerForStreams(string device)
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        using CompiledModel compiled = core.Compile(model, device, Cpu.None);

        await Assert.That(compiled.TryGetProperty("NUM_STREAMS", out _)).IsFalse();
        await Assert.That(compiled.TryGetProperty("DEVICE_PROPERTIES", out string? nested)).IsTrue();
        await Assert.That(nested).Contains("NUM_STREAMS");
    }

    [Test]
    public async Task SupportedProperties_AreAskedOfBatchAndItsDeviceApart()
    {
        using Core core = new();

        await Assert.That(core.GetProperty("BATCH", "SUPPORTED_PROPERTIES")).Contains("AUTO_BATCH_TIMEOUT");
        await Assert.That(() => core.GetProperty("BATCH:CPU(16)", "SUPPORTED_PROPERTIES")).Throws<OpenVinoException>();
    }

    [Test]
    [Arguments("CACHE_DIR")]
    [Arguments("ENABLE_MMAP")]
    [Arguments("DEVICE_PROPERTIES")]
    public async Task CoreLevelKeys_WorkButAreNotListed(string key)
    {
        using Core core = new();
        using TempFolder folder = new();
        string value = key switch { "CACHE_DIR" => folder.Path, "ENABLE_MMAP" => "YES", _ => "{CPU:{NUM_STREAMS:1}}" };

        string[] listed = core.GetProperty("CPU", "SUPPORTED_PROPERTIES").Split(' ');

        await Assert.That(listed).Contains("NUM_STREAMS");
        await Assert.That(listed).DoesNotContain(key);
        await Assert.That(Compiles("CPU", (key, value))).IsTrue();
    }

    [Test]
    public async Task CacheDirThatCannotBeMade_FailsTheCompile()
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");

        await Assert.That(Compiles("CPU", ("CACHE_DIR", Path.Combine(file, "cache")))).IsFalse();
    }

    [Test]
    [Arguments("CACHE_ENCRYPTION_CALLBACKS")]
    [Arguments("OCL_CONTEXT")]
    public async Task KeysWhoseValueIsAPointer_NeverReachNative(string key)
    {
        using Core core = new();
        await Assert.That(() => core.SetProperties("CPU", Cpu.Properties((key, "text")))).Throws<ArgumentException>();
    }

    [Test]
    public async Task TextsThatCWouldCutShort_AreRefused()
    {
        using Core core = new();

        await Assert.That(() => core.GetProperty("CPU\0GPU", "NUM_STREAMS")).Throws<ArgumentException>();
        await Assert.That(() => core.SetProperties("CPU", Cpu.Properties(("NUM_STREAMS", "1\0")))).Throws<ArgumentException>();
        await Assert.That(() => core.SetProperties("CPU", Cpu.Properties(("", "1")))).Throws<ArgumentException>();
        await Assert.That(() => core.ReadModel("")).Throws<ArgumentException>();
    }

    private static bool Compiles(string device, params ReadOnlySpan<(string, string)> properties)
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        try
        {
            core.Compile(model, device, Cpu.Properties(properties)).Dispose();
            return true;
        }
        catch (OpenVinoException e) when (e.Status == OvStatus.GeneralError)
        {
            return false;
        }
    }
}
