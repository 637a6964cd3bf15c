using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Serving.Lifecycle;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Loading;

internal sealed class ModelLoaderTests
{
    [Test]
    public async Task Trial_IsOneDebugLine_UntilItIsServed()
    {
        ManagedModels.Lines log = new();
        EngineCores cores = new(Engine.Core);
        CpuPlanner cpus = new("/", isSplit: false);
        ModelLoader loader = new(cores, new DeviceCompiler(cores, KnownDevices.BuiltIn, HardwareProbe.OfThisMachine()), cpus, log);
        ModelConfig config = ModelConfig.From(new ModelOptions { ModelName = "m", ModelPath = Repo.Model("dummy") }, new ServerOptions()).Value!;
        ModelVersionFolder folder = new(1, Path.Combine(Repo.Model("dummy"), "1"));
        Action serve = static () => { };

        Outcome<LoadedModel> trial = loader.Load(new ServableId("m", 1), folder, config, line => serve = line);

        await Assert.That(trial.IsOk).IsTrue();
        await Assert.That(log.ToString().Split('\n')).HasSingleItem();
        await Assert.That(log.ToString()).StartsWith("[Debug] Model m; version: 1 was compiled a second time, to try a device; device requested: CPU;");
        serve();
        await Assert.That(log.Count("[Information] Loaded model m; version: 1; device requested: CPU; devices executing: CPU;")).IsEqualTo(1);
        await trial.Value!.FreeAsync("m");
    }
}
