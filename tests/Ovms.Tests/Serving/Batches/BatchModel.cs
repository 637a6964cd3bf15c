using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Batches;

/// <summary>Models whose waiting calls are computed together, loaded as the server loads them.</summary>
internal static class BatchModel
{
    /// <summary>Loads one.</summary>
    public static LoadedModel Load(string path, string limit = "32", string layout = "")
    {
        ModelOptions options = new() { ModelName = "m", ModelPath = path, AdaptiveBatch = BatchLimit.Of(limit), Layout = layout };
        ModelConfig config = ModelConfig.From(options, new ServerOptions()).Value!;
        EngineCores cores = new(Engine.Core);
        DeviceCompiler compiler = new(cores, KnownDevices.BuiltIn, HardwareProbe.OfThisMachine(OpenVinoLibrary.Directory));
        ModelLoader loader = new(cores, compiler, new CpuPlanner("/", isSplit: false), NullLogger.Instance);
        Outcome<LoadedModel> loaded = loader.Load(new ServableId("m", 1), new ModelVersionFolder(1, path), config);
        return loaded.IsOk ? loaded.Value : throw new InvalidOperationException(loaded.Text);
    }

    /// <summary>Loads y = a + b, z = ReLU(a).</summary>
    /// <param name="folder">Where its file is written.</param>
    /// <param name="shape">Of its inputs, as an IR writes it.</param>
    public static LoadedModel LoadSum(TemporaryFolder folder, string shape)
    {
        TinyIr ir = new();
        int a = ir.Parameter("a", shape);
        ir.Result(ir.Layer("Add", shape, [a, ir.Parameter("b", shape)], "auto_broadcast=\"numpy\" "), "y");
        ir.Result(ir.Layer("ReLU", shape, [a]), "z");
        ir.WriteTo(Path.Combine(folder.Path, "1"));
        return Load(Path.Combine(folder.Path, "1"));
    }
}
