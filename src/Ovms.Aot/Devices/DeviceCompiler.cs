using System.Globalization;
using Ovms.Devices.Cpu;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>
/// Compiles models for devices. Everything that can be known beforehand is checked first: OpenVINO's own refusals rarely
/// name what was wrong, and some faults it does not refuse at all.
/// </summary>
/// <param name="core">Compiles; outlives this object.</param>
/// <param name="known">Device names that exist.</param>
/// <param name="probe">Looks at the machine.</param>
internal sealed class DeviceCompiler(Core core, KnownDevices known, HardwareProbe probe)
{
    private const int MaxRequests = 100_000;
    private const string CacheKey = "CACHE_DIR";

    private readonly DeviceInventory _inventory = new(core, known, probe);

    private readonly PropertyCheck _check = new(SupportedProperties.Of(core, known.PluginsXml), known);

    /// <summary>Compiles a model. May take seconds; one at a time per model.</summary>
    /// <param name="model">Reshaped and preprocessed already; stays the caller's.</param>
    /// <param name="asked">What to run it on.</param>
    /// <param name="config">Properties as given.</param>
    /// <param name="nireq">Number of infer requests; 0 for what the devices find best.</param>
    /// <param name="cacheDir">Folder for compiled models; null or empty for none. CACHE_DIR in the configuration overrules it.</param>
    /// <param name="cpus">What it may use of the CPUs; null leaves that to OpenVINO.</param>
    public Outcome<CompiledOnDevice> Compile(Model model, TargetDevice asked, PluginConfig config, int nireq, string? cacheDir, CpuAllotment? cpus = null)
    {
        if (nireq is < 0 or > MaxRequests)
        {
            return Outcome.Fail(StatusCode.InvalidNireq, $"Expected: from 0 to {MaxRequests}; Actual: {nireq}");
        }

        if (!probe.HasProc)
        {
            return Outcome.Fail(
                StatusCode.CannotCompileModelIntoTargetDevice,
                "there is no /proc, without which OpenVINO's CPU plugin never finishes; mount it (mount -t proc proc /proc in a chroot, ProcSubset=all under systemd)");
        }

        Outcome<DevicePlan> plan = Plan(asked);
        if (!plan.IsOk)
        {
            return plan.WithoutValue;
        }

        TargetDevice target = plan.Value.Target;
        Outcome shapes = StaticShapeRule.Check(target, model.IsDynamic, model.Inputs);
        if (!shapes.IsOk)
        {
            return shapes;
        }

        Outcome<CompileProperties> properties = MakeProperties(config, asked, target, cacheDir, cpus, out CpuPlan? cpu);
        return properties.IsOk
            ? Compile(model, asked, plan.Value, properties.Value, cpu, nireq)
            : properties.WithoutValue;
    }

    /// <summary>Checks devices and properties as for a compilation, and compiles nothing.</summary>
    public Outcome Check(TargetDevice asked, PluginConfig config)
    {
        Outcome<DevicePlan> plan = Plan(asked);
        return plan.IsOk ? MakeProperties(config, asked, plan.Value.Target, cacheDir: null, cpus: null, out _).WithoutValue : plan.WithoutValue;
    }

    /// <summary>Decides what to compile for.</summary>
    private Outcome<DevicePlan> Plan(TargetDevice asked)
    {
        Outcome names = known.Check(asked);
        if (!names.IsOk)
        {
            return names;
        }

        Outcome<DevicePlan> plan = DevicePlan.Make(asked, _inventory.Find(asked));
        // The message tells all that is present, which is worth the time only now.
        return plan.IsOk ? plan : DevicePlan.Make(asked, _inventory.FindAll());
    }

    private Outcome<CompileProperties> MakeProperties(PluginConfig config, TargetDevice asked, TargetDevice target, string? cacheDir, CpuAllotment? cpus, out CpuPlan? cpu)
    {
        Outcome<PluginConfig> good = _check.Check(config, asked, target);
        cpu = good.IsOk && cpus is not null ? CpuPlan.Make(target, good.Value, cpus) : null;
        return good.IsOk ? CompileProperties.Make(target, WithCache(good.Value, cacheDir), cpu) : good.WithoutValue;
    }

    /// <summary>The configuration with the cache folder in force, or without one and a warning when it cannot be used.</summary>
    private static PluginConfig WithCache(PluginConfig config, string? cacheDir)
    {
        string? folder = config.Properties.FirstOrDefault(static property => property.Key == CacheKey).Value ?? cacheDir;
        if (string.IsNullOrEmpty(folder))
        {
            return config;
        }

        PluginConfig bare = config with { Properties = config.Properties.RemoveAll(static property => property.Key == CacheKey) };
        return CacheFolder.WhyUnusable(folder) is { } why
            ? bare with { Warnings = [.. bare.Warnings, $"The model cache {folder} is not used, because it cannot be written: {why}"] }
            : bare with { Properties = bare.Properties.Add(new DeviceProperty(CacheKey, folder)) };
    }

    private Outcome<CompiledOnDevice> Compile(Model model, TargetDevice asked, DevicePlan plan, CompileProperties properties, CpuPlan? cpu, int nireq)
    {
        CompiledModel compiled;
        try
        {
            compiled = core.Compile(model, plan.Target.ToString(), properties.Properties);
        }
        catch (OpenVinoException e) when (properties.Properties.FirstOrDefault(static pair => pair.Key == CacheKey).Value is { } folder)
        {
            // A disk that filled up, a damaged entry: the cache only saves time. What is wrong with the model shows without it too.
            CompileProperties bare = new(
                [.. properties.Properties.Where(static pair => pair.Key != CacheKey)],
                [.. properties.Warnings, $"The model cache {folder} is not used, because OpenVINO failed with it: {e.Said}"]);
            return Compile(model, asked, plan, bare, cpu, nireq);
        }
        catch (OpenVinoException e)
        {
            string given = string.Join(", ", properties.Properties.Select(static pair => $"{pair.Key}={pair.Value}"));
            return Outcome.Fail(StatusCode.CannotCompileModelIntoTargetDevice, $"{asked} with {given}: {e.Said}");
        }

        string executing = ExecutionFacts.Read(compiled, "EXECUTION_DEVICES") ?? "";
        string? hint = ExecutionFacts.ReadHint(compiled, plan.Target.Mode);
        List<string> warnings = [.. properties.Warnings];
        int optimal = int.TryParse(ExecutionFacts.Read(compiled, "OPTIMAL_NUMBER_OF_INFER_REQUESTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int told) ? told : 0;
        int requests = RequestCount.Decide(plan.Target, nireq, optimal, warnings);
        warnings.InsertRange(0, new[] { plan.Warning, ExecutionFacts.Difference(plan.Target, hint, executing) }.OfType<string>());
        return new CompiledOnDevice(
            compiled,
            plan.Target.ToString(),
            executing.Length == 0 ? plan.Target.ToString() : string.Join(", ", executing.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            requests,
            ExecutionFacts.Read(compiled, "NUM_STREAMS"),
            ExecutionFacts.Read(compiled, "INFERENCE_NUM_THREADS"),
            hint,
            ExecutionFacts.Read(compiled, "INFERENCE_PRECISION_HINT"),
            cpu?.Decision,
            warnings);
    }
}
