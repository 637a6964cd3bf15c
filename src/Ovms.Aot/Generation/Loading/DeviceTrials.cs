using Ovms.Devices;
using Ovms.Status;

namespace Ovms.Generation.Loading;

/// <summary>
/// A language model runs on one device. AUTO tries its devices in order: OpenVINO's own AUTO would start on one and change to another,
/// which would lose the conversations.
/// </summary>
internal static class DeviceTrials
{
    /// <summary>Loads on the first device that can. Pure, but for what it is given.</summary>
    /// <param name="asked">The devices that were asked for.</param>
    /// <param name="order">Those to try, one by one.</param>
    /// <param name="load">Loads on one device.</param>
    /// <param name="warn">Told of each device that is left, when the next one is tried.</param>
    /// <returns>What was loaded; else why not: of every device that was tried, or what no other device would mend.</returns>
    public static Outcome<T> First<T>(
        TargetDevice asked, IEnumerable<TargetDevice> order, Func<TargetDevice, Outcome<T>> load, Action<string> warn)
    {
        List<(TargetDevice Device, Outcome Why)> left = [];
        foreach (TargetDevice device in order)
        {
            if (left is [.., var (last, why)])
            {
                warn($"{last} cannot load the model, so {asked} goes on with {device}: {why.Detail}");
            }

            Outcome<T> loaded = load(device);
            if (!IsOfDevice(loaded.Code))
            {
                return loaded;
            }

            left.Add((device, loaded.WithoutValue));
        }

        IEnumerable<string> reasons = left.Select(static one => $"{one.Device}: {one.Why.Detail}");
        return left switch
        {
            [] => Outcome.Fail(StatusCode.TargetDeviceNotAvailable, $"{asked} leaves no CPU and no GPU for a language model"),
            [var (_, why)] => why,
            _ => Outcome.Fail(
                left[^1].Why.Code,
                $"{asked}: no device can load the model. {string.Join(". ", reasons)}"),
        };
    }

    // Options, properties and files are the same for every device.
    private static bool IsOfDevice(StatusCode code) =>
        code is StatusCode.ModelNotLoaded or StatusCode.DeviceFailed or StatusCode.InternalInferenceError;
}
