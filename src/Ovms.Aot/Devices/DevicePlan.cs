using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>
/// The devices to compile for, given which are present. Modes with a fallback continue without an absent device; OpenVINO itself does so
/// only if that device's plugin can be loaded.
/// </summary>
/// <param name="Target">The device string without absent devices.</param>
/// <param name="Absent">The devices left out.</param>
/// <param name="Warning">One sentence that names the devices left out and why; null if none were.</param>
internal sealed record DevicePlan(TargetDevice Target, IReadOnlyList<DeviceName> Absent, string? Warning)
{
    /// <summary>Makes the plan. Pure.</summary>
    /// <param name="asked">The requested devices.</param>
    /// <param name="presence">The devices found.</param>
    /// <returns>The plan, or <see cref="StatusCode.TargetDeviceNotAvailable"/> with what was requested, present and missing.</returns>
    public static Outcome<DevicePlan> Make(TargetDevice asked, DevicePresence presence)
    {
        if (asked.Devices.IsEmpty)
        {
            return MakeForFreeChoice(asked, presence);
        }

        List<DeviceName> left =
            [.. asked.Devices.Where(device => presence.Has(device) && !asked.Excluded.Any(excluded => excluded.Covers(device)))];
        List<DeviceName> absent = [.. asked.Devices.Where(device => !presence.Has(device))];
        // HETERO runs the model on its first device and falls back to the others for unsupported operations, never the reverse.
        bool isFirstNeeded = asked.Mode is not (DeviceMode.Auto or DeviceMode.Multi);
        if (left.Count == 0 && absent.Count == 0)
        {
            return Outcome.Fail(StatusCode.TargetDeviceNotAvailable, $"{asked} excludes every device that it names");
        }

        if (left.Count == 0 || (isFirstNeeded && absent.Contains(asked.Devices[0])))
        {
            return Outcome.Fail(
                StatusCode.TargetDeviceNotAvailable,
                $"{asked} was requested; present: {presence.Describe()}. {Missing(absent, presence)}");
        }

        if (absent.Count == 0)
        {
            return new DevicePlan(asked, [], null);
        }

        TargetDevice target = asked with { Devices = [.. left], Excluded = [] };
        string verb = absent.Count == 1 ? "is" : "are";
        return new DevicePlan(
            target,
            absent,
            $"{string.Join(" and ", absent.Select(Bare))} {verb} absent, so {asked} goes on as {target}. {Missing(absent, presence)}");
    }

    /// <summary>The plan without devices on which nothing more is loaded: AUTO and MULTI go on with the others. Pure.</summary>
    /// <param name="holders">The devices that would hold parts of the model: <c>GPU.0</c>.</param>
    /// <param name="failing">Those devices on which nothing more is loaded.</param>
    /// <param name="refusal">Why.</param>
    /// <returns>The plan, or the refusal.</returns>
    public Outcome<DevicePlan> Without(IEnumerable<string> holders, IReadOnlyList<DeviceName> failing, Outcome refusal)
    {
        if (Target.Mode is not (DeviceMode.Auto or DeviceMode.Multi))
        {
            return holders.Any(holder => failing.Any(device => device.ToString() == holder)) ? refusal : this;
        }

        ImmutableArray<DeviceName> left = Target.Devices.RemoveAll(device => failing.Any(device.Covers));
        bool isFreeChoice = Target.Devices.IsEmpty;
        if (left.IsEmpty && (!isFreeChoice || !Target.MayUseCpu))
        {
            return refusal;
        }

        TargetDevice target = isFreeChoice
            ? Target with { Excluded = Target.Excluded.AddRange(failing.Where(device => !Target.Excluded.Contains(device))) }
            : Target with { Devices = left };
        return target.Equals(Target)
            ? this
            : this with { Target = target, Warning = $"{Target} goes on as {target}. {Warning}{refusal.Detail}" };
    }

    private static Outcome<DevicePlan> MakeForFreeChoice(TargetDevice asked, DevicePresence presence)
    {
        bool isNothingLeft = asked.Excluded.Any(static device => device.Type == "CPU") &&
            !presence.Found.Any(
                pair => pair.Value.Any(ordinal => !asked.Excluded.Any(excluded => excluded.Covers(new DeviceName(pair.Key, ordinal)))));
        return isNothingLeft
            ? Outcome.Fail(
                StatusCode.TargetDeviceNotAvailable, $"{asked} was requested; present: {presence.Describe()}. Nothing is left to run on")
            : new DevicePlan(asked, [], null);
    }

    private static string Missing(IEnumerable<DeviceName> absent, DevicePresence presence) =>
        string.Join(". ", absent.Select(device => $"Missing for {Bare(device)}: {presence.WhyNot(device)}"));

    private static string Bare(DeviceName device) => device.WithoutCount.ToString();
}
