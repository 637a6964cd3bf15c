using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>
/// A plugins.xml that registers the CPU plugin under several names gives a machine with only a CPU several real devices. A
/// name must contain the plugin's own.
/// </summary>
public class PluginsXmlTests
{
    [Test]
    [Arguments("CPU")]
    [Arguments("GPU_ON_CPU")]
    [Arguments("NPU_ON_CPU")]
    public async Task EachName_IsADevice(string device)
    {
        using Aliases aliases = new();
        string executing = aliases.ExecutionDevices(device);
        await Assert.That(executing).IsNotEmpty();
    }

    [Test]
    [Arguments("HETERO:GPU_ON_CPU,CPU", "", "GPU_ON_CPU")]
    [Arguments("HETERO:CPU,GPU_ON_CPU", "", "CPU")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", "LATENCY", "GPU_ON_CPU")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", "THROUGHPUT", "GPU_ON_CPU")]
    [Arguments("AUTO:CPU,NPU_ON_CPU", "LATENCY", "CPU")]
    public async Task HeteroAndAuto_ExecuteOnTheFirstNamed(string device, string hint, string first)
    {
        using Aliases aliases = new();
        await Assert.That(aliases.ExecutionDevices(device, hint)).IsEqualTo(first);
    }

    [Test]
    [Arguments("MULTI:GPU_ON_CPU,CPU", "")]
    [Arguments("AUTO:GPU_ON_CPU,CPU", "CUMULATIVE_THROUGHPUT")]
    public async Task MultiAndCumulative_ExecuteOnOneOfThoseNamed(string device, string hint)
    {
        using Aliases aliases = new();
        string executing = aliases.ExecutionDevices(device, hint);
        await Assert.That(new[] { "GPU_ON_CPU", "CPU" }).Contains(executing.Split(' ', ',')[0]);
    }

    [Test]
    public async Task BatchOverAnAlias_Infers()
    {
        using Aliases aliases = new();
        await Assert.That(aliases.ExecutionDevices("BATCH:NPU_ON_CPU(4)")).IsNotEmpty();
    }

    [Test]
    public async Task NameWithoutThePluginsOwn_IsRefused()
    {
        using Aliases aliases = new("FPGA");
        await Assert.That(() => aliases.ExecutionDevices("FPGA")).Throws<OpenVinoException>();
    }

    private sealed class Aliases : IDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly Core _core;

        internal Aliases(params ReadOnlySpan<string> more)
        {
            string plugin = Path.Combine(OpenVinoLibrary.Directory, OperatingSystem.IsWindows() ? "openvino_intel_cpu_plugin.dll" : "libopenvino_intel_cpu_plugin.so");
            string prefix = OperatingSystem.IsWindows() ? "openvino" : "libopenvino";
            string suffix = OperatingSystem.IsWindows() ? ".dll" : ".so";
            List<string> lines = [];
            foreach (string name in (string[])["CPU", "GPU_ON_CPU", "NPU_ON_CPU", .. more])
                lines.Add($"""<plugin name="{name}" location="{plugin}"/>""");
            foreach ((string name, string file) in new[] { ("AUTO", "auto"), ("MULTI", "auto"), ("HETERO", "hetero"), ("BATCH", "auto_batch") })
                lines.Add($"""<plugin name="{name}" location="{Path.Combine(OpenVinoLibrary.Directory, $"{prefix}_{file}_plugin{suffix}")}"/>""");
            string xml = Path.Combine(_folder.Path, "plugins.xml");
            File.WriteAllText(xml, $"<ie><plugins>{string.Concat(lines)}</plugins></ie>");
            _core = new Core(xml);
        }

        /// <summary>Compiles, infers once, and says which devices were to execute.</summary>
        internal string ExecutionDevices(string device, string hint = "")
        {
            using Model model = _core.ReadModel(Repo.Model("dummy"));
            using CompiledModel compiled = _core.Compile(model, device, hint.Length == 0 ? Cpu.None : Cpu.Properties(("PERFORMANCE_HINT", hint)));
            using InferRequest request = compiled.CreateInferRequest();
            using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], new float[10]);
            request.SetInput(0, input);
            request.Start();
            request.Wait();
            using Tensor output = request.GetOutput(0);
            return Cpu.Values<float>(output).All(static value => value == 1f)
                ? compiled.GetProperty("EXECUTION_DEVICES")
                : throw new InvalidOperationException($"{device} computed something else.");
        }

        public void Dispose()
        {
            _core.Dispose();
            _folder.Dispose();
        }
    }
}
