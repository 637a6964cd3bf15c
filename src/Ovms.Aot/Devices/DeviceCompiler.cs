using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>
/// Compiles models for devices. Checks beforehand whatever it can: OpenVINO's errors rarely name the cause, and it ignores some faults.
/// </summary>
/// <param name="cores">OpenVINO's core; must outlive this object.</param>
/// <param name="known">The existing device names.</param>
/// <param name="probe">Inspects the machine's hardware.</param>
/// <param name="watches">The devices that models were compiled for; null for new ones.</param>
/// <param name="report">Receives a line about each GPU and NPU when a model was first compiled for it.</param>
internal sealed class DeviceCompiler(
    EngineCores cores, KnownDevices known, HardwareProbe probe, DeviceWatches? watches = null, Action<string>? report = null)
{
    private const string RestartHint = "If other programs can use the device, restart the server: a device that was lost may come back for "
        + "new processes only";

    private readonly DeviceInventory _inventory = new(cores, known, probe);

    private readonly DeviceDescriptions _descriptions = DeviceDescriptions.Of(cores, report ?? (static _ => { }));

    private readonly PropertyCheck _check = new(SupportedProperties.Of(cores, known.PluginsXml), known);

    /// <summary>The devices other than the CPU that models were compiled for.</summary>
    public DeviceWatches Watches { get; } = watches ?? new DeviceWatches(cores, TimeProvider.System, NullLogger.Instance);

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

        Outcome<TargetDevice> target = StringRule.Apply(plan.Value.Target, model.Inputs, model.Outputs, out string? without);
        Outcome shapes = target.IsOk ? StaticShapeRule.Check(target.Value, model.IsDynamic, model.Inputs) : target.WithoutValue;
        if (!shapes.IsOk)
        {
            return shapes;
        }

        Outcome<CompileProperties> properties = MakeProperties(config, asked, target.Value!, cacheDir, cpus, out CpuPlan? cpu);
        string[] warnings = [.. new[] { plan.Value.Warning, without }.OfType<string>()];
        return properties.IsOk
            ? Compile(model, asked, target.Value!, warnings, properties.Value, cpu, nireq)
            : properties.WithoutValue;
    }

    /// <summary>The present devices one by one, for a model that cannot be shared among several: first choice first.</summary>
    /// <param name="asked">The devices that were asked for.</param>
    /// <returns>The devices, and one sentence about those that are left out; null if none are.</returns>
    public Outcome<(IEnumerable<TargetDevice> Order, string? Warning)> OneByOne(TargetDevice asked)
    {
        Outcome<DevicePlan> plan = Plan(asked);
        return plan.IsOk ? (DevicePlace.InOrder(plan.Value.Target, _inventory.FindGpus), plan.Value.Warning) : plan.WithoutValue;
    }

    /// <summary>One of these devices, and the properties to compile a model with there.</summary>
    /// <param name="asked">The devices that were asked for.</param>
    /// <param name="target">The one device.</param>
    /// <param name="config">The given properties.</param>
    /// <param name="cpus">The CPUs it may use; null leaves the choice to OpenVINO.</param>
    public Outcome<DevicePlace> PlaceOn(TargetDevice asked, TargetDevice target, PluginConfig config, CpuAllotment? cpus)
    {
        Outcome<CompileProperties> properties = MakeProperties(config, asked, target, "", cpus, out _);
        return properties.IsOk
            ? new DevicePlace(target.ToString(), properties.Value.Properties, [.. properties.Value.Warnings])
            : properties.WithoutValue;
    }

    /// <summary>
    /// Makes a call that compiles for one device. Where its plugin throws what ends a process, the call fails and costs a thread.
    /// </summary>
    /// <param name="target">The device.</param>
    /// <param name="work">The call; it may throw.</param>
    /// <returns>Ok if the call was made; else how the device broke it.</returns>
    public Outcome Guard(TargetDevice target, Action work) =>
        Guard(cores.Current, Watch(_inventory.Find(target).HoldersOf(target)), work);

    /// <summary>The devices other than the CPU that hold what is compiled for one device now; null if there are none.</summary>
    public DeviceUse? UseOf(TargetDevice target) => UseOf(cores.Current, Watch(_inventory.Find(target).HoldersOf(target)));

    /// <summary>Checks devices and properties as for a compilation, without compiling.</summary>
    public Outcome Check(TargetDevice asked, PluginConfig config)
    {
        Outcome<DevicePlan> plan = Plan(asked);
        return plan.IsOk
            ? MakeProperties(config, asked, plan.Value.Target, cacheDir: null, cpus: null, out _).WithoutValue
            : plan.WithoutValue;
    }

    /// <summary>Whether every device that was asked for is present.</summary>
    /// <returns>Ok, or what is missing and why.</returns>
    public Outcome CheckPresent(TargetDevice asked)
    {
        Outcome<DevicePlan> plan = Plan(asked);
        return !plan.IsOk ? plan.WithoutValue
            : plan.Value.Warning is { } missing ? Outcome.Fail(StatusCode.TargetDeviceNotAvailable, missing)
            : Outcome.Ok;
    }

    /// <summary>
    /// Asks the devices that were asked for whether they compute. If not, a new core of OpenVINO is tried, which may open them anew.
    /// </summary>
    /// <returns>Ok if they do; else what the first says that does not.</returns>
    public Outcome CheckWell(TargetDevice asked)
    {
        ImmutableArray<string> holders = Watch(_inventory.Find(asked).HoldersOf(asked));
        return WhyNot(cores.Current, holders) is { } why && !cores.TryRenew(fresh => WhyNot(fresh, holders) is null, usesDevices: true)
            ? Outcome.Fail(StatusCode.DeviceFailed, $"{why}. {RestartHint}")
            : Outcome.Ok;
    }

    /// <summary>Looks for devices that came since the start. If there are any, models are compiled by a new core from now on.</summary>
    /// <returns>Whether there are.</returns>
    public bool FindMore() => _inventory.FindMore();

    private string? WhyNot(Core core, ImmutableArray<string> devices) => devices
        .Select(device => Watches.Of(core, device).AskAsync().GetAwaiter().GetResult() is { } why ? $"{device} fails: {why}" : null)
        .FirstOrDefault(static why => why is not null);

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
        return plan.IsOk ? WithoutFailing(plan.Value) : DevicePlan.Make(asked, _inventory.FindAll());
    }

    private Outcome<DevicePlan> WithoutFailing(DevicePlan plan)
    {
        (DeviceName Device, Outcome Refusal)[] failing =
        [
            .. Watches.OfCurrentCore
                .Select(static watch => (DeviceName.TryParse(watch.Device, out DeviceName name), name, watch.Refusal))
                .Where(static item => item.Item1 && !item.Refusal.IsOk)
                .Select(static item => (item.name, item.Refusal)),
            .. BrokenOf(plan.Target),
        ];
        return failing.Length == 0
            ? plan
            : plan.Without(
                _inventory.Find(plan.Target).HoldersOf(plan.Target), [.. failing.Select(static item => item.Device)], failing[0].Refusal);
    }

    // Asked only about devices that the load may use.
    private IEnumerable<(DeviceName Device, Outcome Refusal)> BrokenOf(TargetDevice target) => Watches.Calls
        .Refusals(
            device => !target.IsCpuAlone && (target.Devices.IsEmpty || target.Devices.Any(named => device.StartsWith(named.Type))),
            device => Watches.Of(device).AskAsync().GetAwaiter().GetResult())
        .Select(static item => (DeviceName.TryParse(item.Device, out DeviceName name) ? name : default, item.Refusal));

    private Outcome<CompileProperties> MakeProperties(
        PluginConfig config, TargetDevice asked, TargetDevice target, string? cacheDir, CpuAllotment? cpus, out CpuPlan? cpu)
    {
        Outcome<PluginConfig> good = _check.Check(config, asked, target);
        cpu = good.IsOk && cpus is not null ? CpuPlan.Make(target, good.Value, cpus) : null;
        return good.IsOk ? CompileProperties.Make(target, CacheFolder.AddTo(good.Value, cacheDir), cpu) : good.WithoutValue;
    }

    private Outcome<CompiledOnDevice> Compile(
        Model model, TargetDevice asked, TargetDevice target, string[] planned, CompileProperties properties, CpuPlan? cpu, int nireq)
    {
        // A free choice is known when it is made.
        bool isFreeChoice = target.Devices.IsEmpty;
        ImmutableArray<string> holders = isFreeChoice ? [] : Watch(_inventory.Find(target).HoldersOf(target));
        Core core = cores.Current;
        CompiledModel compiled = null!;
        CacheUse? cache = properties.Find(CacheFolder.Key) is { } cached ? new CacheUse(cached) : null;
        string[] types = [.. target.Devices.Select(static device => device.Type)];
        try
        {
            ImmutableArray<string> mayFail = isFreeChoice ? _inventory.FindAll().HoldersOf(target) : holders;
            Outcome made = Guard(core, mayFail, () => compiled = core.Compile(model, target.ToString(), properties.Properties));
            if (!made.IsOk)
            {
                return made;
            }
        }
        catch (OpenVinoException e) when (properties.Find(CacheFolder.Key) is { } folder && MayComeFromCache(asked, e))
        {
            // A full disk or a damaged entry: compile without the cache, which only saves time. An error of the model itself shows again
            // then.
            CompileProperties bare = new(
                [.. properties.Properties.Where(static pair => pair.Key != CacheFolder.Key)],
                [.. properties.Warnings, $"The model cache {folder} is not used, because OpenVINO failed with it: {e.Said}"]);
            return Compile(model, asked, target, planned, bare, cpu, nireq);
        }
        catch (OpenVinoException e)
        {
            _descriptions.Report(types, driver: null);
            Outcome failed = PropertyBlame.Of(asked, properties, e);
            return failed.Code != StatusCode.DeviceFailed || WhyNot(core, holders) is null
                ? failed
                : Outcome.Fail(StatusCode.DeviceFailed, $"{failed.Detail}. {RestartHint}");
        }

        DeviceUse? uses = UseOf(core, holders);
        try
        {
            string executing = ExecutionFacts.ReadExecuting(compiled) ?? "";
            uses = isFreeChoice && executing != "CPU" ? UseOf(core, Watch(_inventory.FindAll().HoldersOf(target))) : uses;
            CompiledOnDevice facts = CompiledFacts.Read(
                compiled,
                target,
                properties,
                planned,
                cpu,
                nireq,
                MostStreams,
                device => core.TryGetProperty(device, "INFERENCE_PRECISION_HINT"));
            IEnumerable<string> running = ExecutionFacts.ReadDevices(executing).Devices.Select(static device => device.Type);
            _descriptions.Report(types.Concat(running), ExecutionFacts.ReadDriver(compiled));
            (string word, string? notStored) = cache?.Find(compiled, target) ?? ("off", null);
            return facts with
            {
                Cache = word,
                Warnings = notStored is null ? facts.Warnings : [.. facts.Warnings, notStored],
                Uses = uses,
                IsOfFormerCore = () => cores.Current != core,
            };
        }
        catch
        {
            // Not by the finalizer: that would not ask the device first.
            DeviceUse.Free(uses, $"for {target}", compiled.Dispose);
            throw;
        }
    }

    // A device that fails does so without the cache, too, and the cache is not to blame.
    private static bool MayComeFromCache(TargetDevice asked, OpenVinoException failure) =>
        asked.IsCpuAlone || !DeviceFault.IsOf(failure.Detail) || DeviceFault.IsOfBinary(failure.Detail);

    private DeviceUse? UseOf(Core core, ImmutableArray<string> devices) => devices.IsEmpty ? null : new DeviceUse(Watches, core, devices);

    private Outcome Guard(Core core, ImmutableArray<string> devices, Action compile)
    {
        if (!devices.IsEmpty)
        {
            return Watches.Calls.Run(core, devices, "compiling a model for it", compile);
        }

        compile();
        return Outcome.Ok;
    }

    private ImmutableArray<string> Watch(ImmutableArray<string> devices)
    {
        foreach (string device in devices)
        {
            Watches.Of(device);
        }

        return devices;
    }

    // "1 2": from the least to the largest useful number.
    private int? MostStreams(string device) =>
        cores.Current.TryGetProperty(device, "RANGE_FOR_STREAMS")?.Split(' ')[^1] is { } last
            && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int most)
            ? most
            : null;
}
