using System.Diagnostics;
using System.Globalization;
using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Health;
using Ovms.Serving.Table;

namespace Ovms.Serving.Loading;

/// <summary>The first inference of a loaded model, with zeros, before it is served.</summary>
/// <param name="Trouble">The device's trouble, for which it is not served; null if it has none.</param>
/// <param name="Device">The device that has the trouble; null for those that execute.</param>
/// <param name="Refused">Why the model does not compute with zeros of its least shapes, which tells nothing about the device; null if it
/// does.</param>
/// <param name="Told">How long it took, for the load line.</param>
internal sealed record WarmUp(string? Trouble, string? Device, string? Refused, string Told)
{
    /// <summary>How long the device has. A first inference may compile kernels, so it takes longer than others.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>No inference was asked for.</summary>
    public static WarmUp Off { get; } = new(null, null, null, "off");

    /// <summary>Computes once. Blocks.</summary>
    /// <param name="loaded">The model.</param>
    /// <param name="zeros">The inference.</param>
    /// <param name="device">The model's devices.</param>
    /// <param name="patience">How long the device has: <see cref="Patience"/>.</param>
    public static WarmUp Run(LoadedModel loaded, ZeroInference zeros, TargetDevice device, TimeSpan patience)
    {
        long started = Stopwatch.GetTimestamp();
        ZeroResult result = zeros.Run(patience);
        string took = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds:F3} s");
        if (!result.HasAnswer)
        {
            return new WarmUp($"a first inference with zeros did not end within {patience.TotalSeconds:F0} s", null, null, took);
        }

        string said = result.IsWell ? "" : EngineText.Clean(result.Fault.Detail);

        // The CPU has no trouble of its own: it only refuses what it is given.
        if (!result.IsWell && !device.IsCpuAlone && DeviceFault.IsOf(result.Fault.Detail))
        {
            return new WarmUp($"a first inference with zeros failed: {said}", null, null, took);
        }

        // One inference shows one device of MULTI. The others are asked directly.
        return device.Mode == DeviceMode.Multi && loaded.Uses?.FindTroubleAsync().GetAwaiter().GetResult() is { } trouble
            ? new WarmUp($"a first inference on {trouble.Device} failed: {trouble.Why}", trouble.Device, null, took)
            : new WarmUp(null, null, result.IsWell ? null : said, result.IsWell ? took : $"{took}, without a result");
    }
}
