using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>What OpenVINO makes of a device string where there is only a CPU.</summary>
public class DeviceStringTests
{
    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO")]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("MULTI:CPU")]
    [Arguments("BATCH:CPU")]
    [Arguments("BATCH:CPU(16)")]
    public async Task StringThatNamesOnlyTheCpu_CompilesAndInfers(string device)
    {
        Machine.RequireCpuOnly();
        float[] result = Infer(device);
        await Assert.That(result).IsEquivalentTo(Enumerable.Repeat(1f, 10), CollectionOrdering.Matching);
    }

    [Test]
    [Arguments("LATENCY")]
    [Arguments("THROUGHPUT")]
    [Arguments("CUMULATIVE_THROUGHPUT")]
    public async Task Auto_TakesEachHint(string hint)
    {
        float[] result = Infer("AUTO:CPU", ("PERFORMANCE_HINT", hint));
        await Assert.That(result).IsEquivalentTo(Enumerable.Repeat(1f, 10), CollectionOrdering.Matching);
    }

    [Test]
    [Arguments("AUTO:GPU,CPU")]
    [Arguments("MULTI:GPU,CPU")]
    public async Task FallbackToTheCpu_HoldsOnlyWhereTheGpuPluginLoads(string device)
    {
        Machine.RequireCpuOnly();
        bool serves = Compiles(device);
        // Without the OpenCL loader the GPU plugin cannot be loaded, and the promise of the mode breaks.
        await Assert.That(serves).IsEqualTo(Machine.HasOpenCl);
    }

    [Test]
    [Arguments("GPU")]
    [Arguments("GPU.1")]
    [Arguments("NPU")]
    [Arguments("HETERO:GPU,CPU")]
    [Arguments("AUTO:GPU")]
    [Arguments("BATCH:GPU(4)")]
    [Arguments("CPU.0")]
    [Arguments("HETERO:")]
    [Arguments("BATCH:CPU(0)")]
    [Arguments("BATCH:CPU(x)")]
    public async Task AbsentOrMalformedDevice_Fails(string device)
    {
        Machine.RequireCpuOnly();
        await Assert.That(Compiles(device)).IsFalse();
    }

    [Test]
    public async Task AvailableDevices_AreTheCpu()
    {
        Machine.RequireCpuOnly();
        using Core core = new();
        await Assert.That(core.GetAvailableDevices()).IsEquivalentTo(["CPU"], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Versions_NameThePluginAndTheBuild()
    {
        using Core core = new();

        (string device, string description, string build) = core.GetVersions("CPU")[0];

        await Assert.That(device).IsEqualTo("CPU");
        await Assert.That(description).IsNotEmpty();
        await Assert.That(build).IsEqualTo(OpenVinoLibrary.BuildNumber);
    }

    [Test]
    public async Task BatchOfADynamicModel_CompilesAllTheSame()
    {
        // It answers with a wrong-shape error later, or happens to work: to be refused before the compile.
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dynamic"));
        using CompiledModel compiled = core.Compile(model, "BATCH:CPU(4)", Cpu.None);
        await Assert.That(compiled.Inputs[0].Shape.IsStatic).IsFalse();
    }

    private static bool Compiles(string device)
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        try
        {
            core.Compile(model, device, Cpu.None).Dispose();
            return true;
        }
        catch (OpenVinoException e) when (e.Status == OvStatus.GeneralError)
        {
            return false;
        }
    }

    private static float[] Infer(string device, params ReadOnlySpan<(string, string)> properties)
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        using CompiledModel compiled = core.Compile(model, device, Cpu.Properties(properties));
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], new float[10]);
        request.SetInput(0, input);
        // Asynchronously, since BATCH rides with others.
        request.Start();
        request.Wait();
        using Tensor output = request.GetOutput(0);
        return Cpu.Values<float>(output);
    }
}
