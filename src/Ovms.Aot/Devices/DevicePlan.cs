using Ovms.Status;

namespace Ovms.Devices;

/// <summary>
/// What is compiled for, once it is known what is there. A mode that promises the next best device goes on without an absent
/// one; OpenVINO by itself does so only where the absent device's plugin can at least be loaded.
/// </summary>
/// <param name="Target">The device string without what is absent.</param>
/// <param name="Absent">What was left out.</param>
/// <param name="Warning">One sentence naming everything left out, and why; null when nothing was.</param>
internal sealed record DevicePlan(TargetDevice Target, IReadOnlyList<DeviceName> Absent, string? Warning)
{
    /// <summary>Decides. Pure.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="presence">What is there of it.</param>
    /// <returns>The plan, or <see cref="StatusCode.TargetDeviceNotAvailable"/>: what was asked, what is present, what is missing.</returns>
    public static Outcome<DevicePlan> Make(TargetDevice asked, DevicePresence presence)
    {
        if (asked.Devices.IsEmpty)
        {
            return MakeForFreeChoice(asked, presence);
        }

        List<DeviceName> left = [.. asked.Devices.Where(device => presence.Has(device) && !asked.Excluded.Any(excluded => excluded.Covers(device)))];
        List<DeviceName> absent = [.. asked.Devices.Where(device => !presence.Has(device))];
        // HETERO puts the model on its first device and falls back to the others for what that one cannot do: not the other way round.
        bool isFirstNeeded = asked.Mode is not (DeviceMode.Auto or DeviceMode.Multi);
        if (left.Count == 0 && absent.Count == 0)
        {
            return Outcome.Fail(StatusCode.TargetDeviceNotAvailable, $"{asked} excludes every device that it names");
        }

        if (left.Count == 0 || (isFirstNeeded && absent.Contains(asked.Devices[0])))
        {
            return Outcome.Fail(StatusCode.TargetDeviceNotAvailable, $"{asked} was asked for; present: {presence.Describe()}. {Missing(absent, presence)}");
        }

        if (absent.Count == 0)
        {
            return new DevicePlan(asked, [], null);
        }

        TargetDevice target = asked with { Devices = [.. left], Excluded = [] };
        string verb = absent.Count == 1 ? "is" : "are";
        return new DevicePlan(target, absent, $"{string.Join(" and ", absent.Select(Bare))} {verb} absent, so {asked} goes on as {target}. {Missing(absent, presence)}");
    }

    private static Outcome<DevicePlan> MakeForFreeChoice(TargetDevice asked, DevicePresence presence)
    {
        bool isNothingLeft = asked.Excluded.Any(static device => device.Type == "CPU") &&
            !presence.Found.Any(pair => pair.Value.Any(ordinal => !asked.Excluded.Any(excluded => excluded.Covers(new DeviceName(pair.Key, ordinal)))));
        return isNothingLeft
            ? Outcome.Fail(StatusCode.TargetDeviceNotAvailable, $"{asked} was asked for; present: {presence.Describe()}. Nothing is left to run on")
            : new DevicePlan(asked, [], null);
    }

    private static string Missing(IEnumerable<DeviceName> absent, DevicePresence presence) =>
        string.Join(". ", absent.Select(device => $"Missing for {Bare(device)}: {presence.WhyNot(device)}"));

    private static string Bare(DeviceName device) => device.WithoutCount.ToString();
}
