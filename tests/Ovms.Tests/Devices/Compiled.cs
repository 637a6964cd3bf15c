using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

/// <summary>A test model compiled the way the server does it.</summary>
internal sealed class Compiled : IDisposable
{
    private Compiled(CompiledOnDevice fact) => Fact = fact;

    /// <summary>What came out.</summary>
    public CompiledOnDevice Fact { get; }

    /// <summary>The file of a test model.</summary>
    public static string PathOf(string model) => Path.Combine(Repo.Model(model), "1", $"{model}.xml");

    /// <summary>Compiles; a refusal fails the test with its text.</summary>
    public static Compiled Of(string model, string device, string config = "", Core? core = null, KnownDevices? known = null, int nireq = 0, string? cacheDir = null)
    {
        Outcome<CompiledOnDevice> outcome = TryOf(model, device, config, core, known, nireq, cacheDir);
        return outcome.IsOk ? new Compiled(outcome.Value) : throw new InvalidOperationException(outcome.Text);
    }

    /// <summary>Compiles, or tells why not.</summary>
    public static Outcome<CompiledOnDevice> TryOf(
        string model, string device, string config = "", Core? core = null, KnownDevices? known = null, int nireq = 0, string? cacheDir = null)
    {
        core ??= Engine.Core;
        DeviceCompiler compiler = new(new EngineCores(core), known ?? KnownDevices.BuiltIn, HardwareProbe.OfThisMachine(OpenVinoLibrary.Directory));
        using Model read = core.ReadModel(PathOf(model));
        return compiler.Compile(read, TargetDevice.Parse(device).Value!, PluginConfig.Parse(config).Value!, nireq, cacheDir);
    }

    /// <summary>Asks the dummy model, which adds one to each of ten numbers, for the successor of 9.</summary>
    public float Answer() => Engine.Infer<float, float>(Fact.Model, [1, 10], [9, 9, 9, 9, 9, 9, 9, 9, 9, 9]).Values[0];

    /// <inheritdoc/>
    public void Dispose() => Fact.Model.Dispose();
}
