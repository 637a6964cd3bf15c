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
                : !result.HasAnswer ? $"no answer within {DeviceWatch.Patience.TotalSeconds:F0} s"
                : DeviceFault.IsOf(result.Fault.Detail) ? EngineText.Clean(result.Fault.Detail)

                // The model cannot compute zeros of these shapes, which says nothing of its devices.
                : await uses.AskAsync().ConfigureAwait(false);
        }
        catch (Exception surprise)
        {
            // The probes must go on.
            return surprise.Message;
        }
    }
}
