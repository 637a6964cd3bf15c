using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Nearly every failure has the same status: callers check before they call.</summary>
public class StatusTests
{
    [Test]
    public async Task MissingFile_IsAGeneralError()
    {
        using Core core = new();
        await IsGeneralError(() => core.ReadModel("/no/such/model.xml"));
    }

    [Test]
    public async Task MissingPluginsXml_IsAGeneralError() => await IsGeneralError(() => new Core("/no/such/plugins.xml"));

    [Test]
    [Arguments("FPGA")]
    [Arguments("cpu")]
    [Arguments("CPU.0")]
    [Arguments("CPU,GPU")]
    public async Task UnknownDevice_IsAGeneralError(string device)
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        await IsGeneralError(() => core.Compile(model, device, Cpu.None));
    }

    [Test]
    [Arguments("NO_SUCH_KEY", "1")]
    [Arguments("NUM_STREAMS", "abc")]
    [Arguments("PERFORMANCE_HINT", "FASTER")]
    public async Task BadProperty_IsAGeneralError(string key, string value)
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        await IsGeneralError(() => core.Compile(model, "CPU", Cpu.Properties((key, value))));
        await IsGeneralError(() => core.SetProperties("CPU", Cpu.Properties((key, value))));
    }

    [Test]
    public async Task WrongRankDimensionOrTypeOfAnInput_IsAGeneralError()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor rank = Tensor.Allocate(ElementType.F32, [1, 10, 1]);
        using Tensor dimension = Tensor.Allocate(ElementType.F32, [1, 11]);
        using Tensor type = Tensor.Allocate(ElementType.F64, [1, 10]);

        await IsGeneralError(() => request.SetInput(0, rank));
        await IsGeneralError(() => request.SetInput(0, dimension));
        await IsGeneralError(() => request.SetInput(0, type));
    }

    [Test]
    public async Task PortThatIsNotThere_IsRefused()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor tensor = Tensor.Allocate(ElementType.F32, [1, 10]);

        await Assert.That(() => request.SetInput(1, tensor)).Throws<OpenVinoException>();
        await Assert.That(() => request.GetOutput(1)).Throws<OpenVinoException>();
        await Assert.That(() => request.SetInput(-1, tensor)).Throws<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task ReshapeTheNetworkForbids_IsAGeneralError()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("summator"));
        await IsGeneralError(() => model.Reshape([KeyValuePair.Create(0, PartialShape.Of(1, 7))]));
        await Assert.That(model.Inputs[0].Shape).IsEqualTo(PartialShape.Of(1, 10));
    }

    [Test]
    public async Task DisposedObjects_AreRefusedBeforeTheCall()
    {
        CompiledModel compiled = Cpu.Compile("dummy");
        compiled.Dispose();
        compiled.Dispose();

        await Assert.That(() => compiled.CreateInferRequest()).Throws<ObjectDisposedException>();
        await Assert.That(() => compiled.GetProperty("NUM_STREAMS")).Throws<ObjectDisposedException>();
    }

    private static async Task IsGeneralError(Func<object?> call)
    {
        OpenVinoException? failure = await Assert.That(() => { _ = call(); }).Throws<OpenVinoException>();
        await Assert.That(failure!.Status).IsEqualTo(OvStatus.GeneralError);
    }

    private static Task IsGeneralError(Action call) => IsGeneralError(() => { call(); return (object?)null; });
}
