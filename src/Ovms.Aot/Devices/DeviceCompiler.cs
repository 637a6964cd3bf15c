using System.Diagnostics;
using System.Globalization;
using Ovms.Devices.Cpu;
using Ovms.Native;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>
/// Compiles models for devices. Checks beforehand whatever it can: OpenVINO's errors rarely name the cause, and it ignores some faults.
/// </summary>
/// <param name="core">OpenVINO's core; must outlive this object.</param>
/// <param name="known">The existing device names.</param>
/// <param name="probe">Inspects the machine's hardware.</param>
internal sealed class DeviceCompiler(Core core, KnownDevices known, HardwareProbe probe)
{
    private const string CacheKey = "CACHE_DIR";

    private readonly DeviceInventory _inventory = new(core, known, probe);

    private readonly PropertyCheck _check = new(SupportedProperties.Of(core, known.PluginsXml), known);

    /// <summary>Compiles a model. May take seconds; call it once at a time per model.</summary>
    /// <param name="model">The model, already reshaped and preprocessed; the caller keeps ownership.</param>
    /// <param name="asked">The devices to run it on.</param>
    /// <param name="config">The given properties.</param>
    /// <param name="nireq">Number of infer requests; 0 for the devices' optimum.</param>
    /// <param name="cacheDir">Folder of the model cache; null or empty for none. CACHE_DIR in the configuration overrides it.</param>
    /// <param name="cpus">The CPUs it may use; null leaves the choice to OpenVINO.</param>
    public Outcome<CompiledOnDevice> Compile(
        Model model, TargetDevice asked, PluginConfig config, int nireq, string? cacheDir, CpuAllotment? cpus = null)
    {
        Debug.Assert(nireq is >= 0 and <= ModelOptions.MaxNireq, "The model's options are checked before the model is loaded.");
        if (!probe.HasProc)
        {
            return Outcome.Fail(
                StatusCode.CannotCompileModelIntoTargetDevice,
                "there is no /proc, without which OpenVINO's CPU plugin never finishes; "
                    + "mount it (mount -t proc proc /proc in a chroot, ProcSubset=all under systemd)");
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

    /// <summary>Checks devices and properties as for a compilation, without compiling.</summary>
    public Outcome Check(TargetDevice asked, PluginConfig config)
    {
        Outcome<DevicePlan> plan = Plan(asked);
        return plan.IsOk
            ? MakeProperties(config, asked, plan.Value.Target, cacheDir: null, cpus: null, out _).WithoutValue
            : plan.WithoutValue;
    }

    /// <summary>Selects the devices to compile for.</summary>
    private Outcome<DevicePlan> Plan(TargetDevice asked)
    {
        Outcome names = known.Check(asked);
        if (!names.IsOk)
        {
            return names;
        }

        Outcome<DevicePlan> plan = DevicePlan.Make(asked, _inventory.Find(asked));
        // Only the error message lists all present devices; finding them takes time.
        return plan.IsOk ? plan : DevicePlan.Make(asked, _inventory.FindAll());
    }

    private Outcome<CompileProperties> MakeProperties(
        PluginConfig config, TargetDevice asked, TargetDevice target, string? cacheDir, CpuAllotment? cpus, out CpuPlan? cpu)
    {
        Outcome<PluginConfig> good = _check.Check(config, asked, target);
        cpu = good.IsOk && cpus is not null ? CpuPlan.Make(target, good.Value, cpus) : null;
        return good.IsOk ? CompileProperties.Make(target, WithCache(good.Value, cacheDir), cpu) : good.WithoutValue;
    }

    /// <summary>Adds the effective cache folder; if it cannot be used, leaves it out with a warning.</summary>
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

    private Outcome<CompiledOnDevice> Compile(
        Model model, TargetDevice asked, DevicePlan plan, CompileProperties properties, CpuPlan? cpu, int nireq)
    {
        CompiledModel compiled;
        try
        {
            compiled = core.Compile(model, plan.Target.ToString(), properties.Properties);
        }
        catch (OpenVinoException e) when (properties.Properties.FirstOrDefault(static pair => pair.Key == CacheKey).Value is { } folder)
        {
            // A full disk or a damaged entry: compile without the cache, which only saves time. An error of the model itself shows again
            // then.
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
        string? optimalText = ExecutionFacts.Read(compiled, "OPTIMAL_NUMBER_OF_INFER_REQUESTS");
        int optimal = int.TryParse(optimalText, NumberStyles.None, CultureInfo.InvariantCulture, out int reported) ? reported : 0;
        int requests = RequestCount.Decide(plan.Target, nireq, optimal, warnings);
        warnings.InsertRange(0, new[] { plan.Warning, ExecutionFacts.Difference(plan.Target, hint, executing) }.OfType<string>());
        return new CompiledOnDevice(
            compiled,
            plan.Target.ToString(),
            executing.Length == 0
                ? plan.Target.ToString()
                : string.Join(", ", executing.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            requests,
            ExecutionFacts.Read(compiled, "NUM_STREAMS"),
            ExecutionFacts.Read(compiled, "INFERENCE_NUM_THREADS"),
            hint,
            ExecutionFacts.Read(compiled, "INFERENCE_PRECISION_HINT"),
            cpu?.Decision,
            warnings);
    }
}
