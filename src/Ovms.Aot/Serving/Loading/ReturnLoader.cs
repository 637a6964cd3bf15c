using System.Diagnostics;
using Ovms.Devices;
using Ovms.Native;
using Ovms.Repository;
using Ovms.Serving.Health;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>
/// Loads a version a second time, while the first serves on a worse device than was asked for, or does not compute any more. The new one
/// counts only if it has computed on the better device.
/// </summary>
/// <param name="loader">Loads the version.</param>
/// <param name="devices">Knows which devices are present.</param>
internal sealed class ReturnLoader(ModelLoader loader, DeviceCompiler devices)
{
    // For the compilation that AUTO runs in the background, where the model has no time limit of its own.
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_inference = TimeSpan.FromSeconds(10);

    /// <summary>Loads it. Blocks until AUTO has changed to the better device, or has not.</summary>
    /// <param name="id">The version.</param>
    /// <param name="folder">Its files.</param>
    /// <param name="config">The model's settings.</param>
    /// <returns>The loaded model, which the caller disposes, or why it is no better than the one that serves.</returns>
    public Outcome<LoadedModel> Load(ServableId id, ModelVersionFolder folder, ModelConfig config)
    {
        // A compilation takes long. Whether the devices are there and compute is known sooner.
        Outcome possible = devices.CheckPresent(config.Device);
        possible = possible.IsOk ? devices.CheckWell(config.Device) : possible;
        Action report = static () => { };
        Outcome<LoadedModel> loaded = possible.IsOk ? loader.Load(id, folder, config, line => report = line) : possible;
        if (!loaded.IsOk)
        {
            return loaded;
        }

        Outcome better = Check(loaded.Value, config.LoadTimeout ?? s_longest);
        if (better.IsOk)
        {
            report();
            return loaded;
        }

        loaded.Value.Dispose();
        return better;
    }

    private static Outcome Check(LoadedModel loaded, TimeSpan limit)
    {
        ExecutingDevices devices = loaded.Devices!;
        long begun = Stopwatch.GetTimestamp();
        while (devices.AreTemporary && Stopwatch.GetElapsedTime(begun) < limit)
        {
            Thread.Sleep(s_pause);
            devices.LookAsync().GetAwaiter().GetResult();
        }

        // AUTO and MULTI leave a device at its first error, so an inference shows whether they stay on it.
        ZeroResult computed = loaded.Zeros?.Run(s_inference) ?? new ZeroResult(true, default);
        devices.LookAsync().GetAwaiter().GetResult();
        return computed.HasAnswer && DeviceFault.IsOf(computed.Fault.Detail ?? "") ? Fail(EngineText.Clean(computed.Fault.Detail!))
            : !computed.HasAnswer ? Fail($"an inference had no answer within {s_inference.TotalSeconds:F0} s")
            : devices.AreTemporary ? Fail($"the better device was not ready within {limit.TotalSeconds:F0} s")
            : devices.HaveFallen ? Fail($"a trial runs on {devices.Text} again")
            : Outcome.Ok;

        static Outcome Fail(string why) => Outcome.Fail(StatusCode.ModelNotLoaded, why);
    }
}
