using System.Diagnostics;
using Ovms.Devices;
using Ovms.Observability;
using Ovms.Serving.Preparation;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>A compiled model that has shown that its device can compute it, unless that is not asked for.</summary>
/// <param name="Loaded">The model; the caller disposes it.</param>
/// <param name="Config">Its settings, with the devices that are left.</param>
/// <param name="Facts">What its devices report now.</param>
/// <param name="CompileTime">How long it took to compile.</param>
/// <param name="WarmUp">Its first inference.</param>
internal sealed record WarmModel(LoadedModel Loaded, ModelConfig Config, CompiledOnDevice Facts, TimeSpan CompileTime, WarmUp WarmUp)
{
    /// <summary>
    /// Compiles a model and computes once. If the device has trouble then, AUTO and MULTI go on with their other devices. Blocks.
    /// </summary>
    /// <param name="compiler">Compiles the model.</param>
    /// <param name="id">Name and version.</param>
    /// <param name="prepared">The prepared model; the caller keeps its ownership.</param>
    /// <param name="config">The model's settings.</param>
    /// <param name="log">Logs warnings.</param>
    public static Outcome<WarmModel> Make(ModelCompiler compiler, ServableId id, PreparedModel prepared, ModelConfig config, ILogger log)
    {
        while (true)
        {
            List<string> warnings = [];
            long started = Stopwatch.GetTimestamp();
            Outcome<(LoadedModel Loaded, CompiledOnDevice Facts)> compiled = compiler.Compile(id.ToString(), prepared, config, warnings);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            LoadWarnings.Tell(log, id, warnings);
            if (!compiled.IsOk)
            {
                return compiled.WithoutValue;
            }

            (LoadedModel loaded, CompiledOnDevice facts) = compiled.Value;
            WarmUp warmUp = config.WarmsUp && loaded.Zeros is { } zeros
                ? WarmUp.Run(loaded, zeros, config.Device, WarmUp.Patience)
                : WarmUp.Off;
            if (warmUp.Refused is { } refused)
            {
                Log.NoZeros(log, id.Name, id.Version, refused);
            }

            if (warmUp.Trouble is not { } trouble)
            {
                return new WarmModel(loaded, config, Now(facts, id, log), took, warmUp);
            }

            string failed = warmUp.Device ?? ExecutionFacts.ReadExecuting(facts.Model) ?? facts.ExecutionDevices;

            // Not waited for: it ends when the device answers or 10 s have passed.
            _ = loaded.FreeAsync(id.ToString());
            if (Without(config.Device, failed) is not { } left)
            {
                return Outcome.Fail(StatusCode.DeviceFailed, $"{config.Device}: the model was compiled, but {trouble}");
            }

            string named = string.Join(" and ", Failing(failed));
            LoadWarnings.Tell(log, id, [$"{named} cannot be used, because {trouble}; {config.Device} goes on as {left}"]);
            config = config with { Device = left, Asked = config.Asked ?? config.Device };
        }
    }

    // AUTO and MULTI hide a device's failure: they compute on another one and use that from then on.
    private static CompiledOnDevice Now(CompiledOnDevice facts, ServableId id, ILogger log)
    {
        string before = facts.ExecutionDevices;
        string now = ExecutionFacts.ReadExecuting(facts.Model) ?? before;
        (IReadOnlyList<DeviceName> devices, bool areTemporary) = ExecutionFacts.ReadDevices(before);
        DeviceName[] gone = [.. devices.Except(ExecutionFacts.ReadDevices(now).Devices)];
        if (!areTemporary && gone.Length > 0)
        {
            LoadWarnings.Tell(
                log,
                id,
                [$"{string.Join(" and ", gone)} failed at the first inference, with zeros; the model runs on {now}"]);
        }

        return facts with { ExecutionDevices = now };
    }

    // The CPU has no trouble of its own.
    private static DeviceName[] Failing(string executing) =>
        [.. ExecutionFacts.ReadDevices(executing).Devices.Where(static device => device.Type != "CPU")];

    /// <summary>The device string without the devices that have trouble; null if its mode needs them or has no others. Pure.</summary>
    internal static TargetDevice? Without(TargetDevice target, string executing)
    {
        DeviceName[] failed = Failing(executing);
        if (failed.Length == 0 || target.Mode is not (DeviceMode.Auto or DeviceMode.Multi))
        {
            return null;
        }

        if (target.Devices.IsEmpty)
        {
            return target.MayUseCpu ? target with { Devices = [new DeviceName("CPU")], Excluded = [] } : null;
        }

        DeviceName[] left = [.. target.Devices.Where(device => !failed.Any(gone => device.Covers(gone)))];
        return left.Length == 0 ? null : target with { Devices = [.. left] };
    }
}
