using System.Diagnostics;
using System.Globalization;
using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Health;

namespace Ovms.Serving.Loading;

/// <summary>The first inference of a loaded model, with zeros, before it is served.</summary>
/// <param name="Trouble">The device's trouble, for which it is not served; null if it has none.</param>
/// <param name="Refused">Why the model does not compute with zeros of its least shapes, which tells nothing about the device; null if it
/// does.</param>
/// <param name="Told">How long it took, for the load line.</param>
internal sealed record WarmUp(string? Trouble, string? Refused, string Told)
{
    /// <summary>How long the device has. A first inference may compile kernels, so it takes longer than others.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>No inference was asked for.</summary>
    public static WarmUp Off { get; } = new(null, null, "off");

    /// <summary>Computes once. Blocks.</summary>
    /// <param name="zeros">The inference.</param>
    /// <param name="device">The model's devices.</param>
    public static WarmUp Run(ZeroInference zeros, TargetDevice device)
    {
        long started = Stopwatch.GetTimestamp();
        ZeroResult result = zeros.Run(s_patience);
        string took = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds:F3} s");
        if (result.IsWell)
        {
            return new WarmUp(null, null, took);
        }

        if (!result.HasAnswer)
        {
            return new WarmUp($"a first inference with zeros did not end within {s_patience.TotalSeconds:F0} s", null, took);
        }

        string said = EngineText.Clean(result.Fault.Detail);

        // The CPU has no trouble of its own: it only refuses what it is given.
        return !device.IsCpuAlone && DeviceFault.IsOf(result.Fault.Detail)
            ? new WarmUp($"a first inference with zeros failed: {said}", null, took)
            : new WarmUp(null, said, $"{took}, without a result");
    }
}
