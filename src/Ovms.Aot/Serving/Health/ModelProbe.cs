using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Native;

namespace Ovms.Serving.Health;

/// <summary>Asks whether a loaded model can compute on its devices now.</summary>
internal static class ModelProbe
{
    /// <summary>Asks once, with a deadline.</summary>
    /// <param name="zeros">The model's inference with zeros.</param>
    /// <param name="uses">Its devices.</param>
    /// <returns>Null if it can compute, else why not.</returns>
    public static async Task<string?> AskAsync(ZeroInference zeros, DeviceUse uses)
    {
        try
        {
            ZeroResult result = await zeros.RunAsync(DeviceWatch.Patience).ConfigureAwait(false);
            return result.IsWell ? null
                : DeviceTroubleOf(result)

                // The model cannot compute zeros of these shapes, which says nothing of its devices.
                ?? await uses.AskAsync().ConfigureAwait(false);
        }
        catch (Exception surprise)
        {
            // The probes must go on.
            return surprise.Message;
        }
    }

    /// <summary>Why an inference shows that its device does not compute; null if it does not show that.</summary>
    /// <param name="result">How an inference with zeros ended that had <see cref="DeviceWatch.Patience"/>.</param>
    public static string? DeviceTroubleOf(ZeroResult result) =>
        !result.HasAnswer ? $"no answer within {DeviceWatch.Patience.TotalSeconds:F0} s"
        : result.Fault.Detail is { } text && DeviceFault.IsOf(text) ? EngineText.Clean(text)
        : null;
}
