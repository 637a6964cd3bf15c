using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>Judges properties by name and value for the devices that a string names; OpenVINO's modes swallow wrong ones in silence.</summary>
/// <param name="supported">Which properties there are.</param>
/// <param name="known">Which devices there are.</param>
internal sealed class PropertyCheck(SupportedProperties supported, KnownDevices known)
{
    /// <summary>Checks everything and gives it back with values as OpenVINO takes them; the first fault ends it.</summary>
    /// <param name="config">What was given.</param>
    /// <param name="asked">What the model runs on, absent devices included: the same configuration serves where they are present.</param>
    /// <param name="target">What it runs on here.</param>
    /// <returns>The configuration, its sections of absent or unnamed devices left out; or what is wrong with which key.</returns>
    public Outcome<PluginConfig> Check(PluginConfig config, TargetDevice asked, TargetDevice target)
    {
        // AUTO without a list may run on any device; most keys are known before the costly ones need to be asked.
        DeviceName[] devices = target.Devices.IsEmpty ? [.. known.Names.Select(static name => new DeviceName(name))] : [.. target.Devices];
        string subject = target.Devices.IsEmpty || target.Mode == DeviceMode.Single ? target.ToString() : $"{target.Mode.Name()} or {string.Join(", ", devices.Select(static device => device.WithoutCount).Distinct())}";
        DeviceName[] absent = [.. asked.Devices.Where(device => !target.Devices.Contains(device))];
        Scope scope = new("", subject, target.Mode, target.Mode, devices, absent);
        List<string> warnings = [.. config.Warnings];
        Outcome<ImmutableArray<DeviceProperty>> properties = CheckAll(config.Properties, scope, warnings);
        if (!properties.IsOk)
        {
            return properties.WithoutValue;
        }

        List<DeviceSection> sections = [];
        foreach (DeviceSection section in config.Sections)
        {
            if (!known.Names.Contains(section.Device.Type))
            {
                string meant = NearestName.Of(section.Device.Type, known.Names) is { } near ? $"; did you mean {near}?" : "";
                return Invalid($"DEVICE_PROPERTIES names {section.Device}, which is not a device that is known here; known are {string.Join(", ", known.Names)}{meant}");
            }

            if (!target.Devices.IsEmpty && !target.Devices.Any(section.Device.Covers))
            {
                if (!asked.Devices.Any(section.Device.Covers))
                {
                    warnings.Add($"plugin_config: DEVICE_PROPERTIES.{section.Device} is not used, because {asked} does not name that device");
                }

                continue;
            }

            string where = $"DEVICE_PROPERTIES.{section.Device}.";
            Scope own = new(where, section.Device.ToString(), DeviceMode.Single, target.Mode, [section.Device], []);
            Outcome<ImmutableArray<DeviceProperty>> nested = CheckAll(section.Properties, own, warnings);
            if (!nested.IsOk)
            {
                return nested.WithoutValue;
            }

            // OpenVINO never returns from reading an empty section.
            if (nested.Value.Length > 0)
            {
                sections.Add(section with { Properties = nested.Value });
            }
        }

        return new PluginConfig(properties.Value, [.. sections], [.. warnings]);
    }

    private Outcome<ImmutableArray<DeviceProperty>> CheckAll(ImmutableArray<DeviceProperty> properties, Scope scope, List<string> warnings)
    {
        ImmutableArray<DeviceProperty>.Builder good = ImmutableArray.CreateBuilder<DeviceProperty>(properties.Length);
        foreach (DeviceProperty property in properties)
        {
            PropertyRule rule = PropertyRule.For(property.Key);
            if (!rule.IsSettable)
            {
                return Invalid($"{scope.Where}{property.Key}: {rule.Expectation}");
            }

            if (!supported.Has(property.Key, scope.Mode, scope.Devices))
            {
                DeviceProperty asOpenVinoTakesIt = property with { Value = rule.Normalize(property.Value) ?? property.Value };
                Outcome<bool> used = CheckUnlisted(asOpenVinoTakesIt, scope, warnings);
                if (!used.IsOk)
                {
                    return used.WithoutValue;
                }

                if (!used.Value)
                {
                    continue;
                }
            }

            if (rule.Normalize(property.Value) is not { } value)
            {
                return Invalid($"{scope.Where}{property.Key} cannot be \"{property.Value}\"; {rule.Expectation}");
            }

            good.Add(property with { Value = value });
        }

        return good.ToImmutable();
    }

    /// <summary>Whether a property that is in no list is handed on all the same; false leaves it out, with a warning.</summary>
    private Outcome<bool> CheckUnlisted(DeviceProperty property, Scope scope, List<string> warnings)
    {
        if (supported.WhyRefused(property, scope.Devices) is not { } refusal)
        {
            // What a plugin takes but does not list AUTO, MULTI and HETERO drop in silence, and BATCH refuses.
            if (scope.Through.Name() is { } mode)
            {
                warnings.Add(
                    $"plugin_config: {scope.Where}{property} is not used: {mode} does not hand it on to its device. "
                    + "It works with the device alone as target device");
            }

            return scope.Through == DeviceMode.Single;
        }

        IEnumerable<string> settable = supported.All(scope.Mode, scope.Devices).Where(static key => PropertyRule.For(key).IsSettable);
        string? near = NearestName.Of(property.Key, settable);
        if (scope.Absent.Any(device => near is null || property.Key.StartsWith(device.Type + "_", StringComparison.Ordinal)))
        {
            string absent = string.Join(" or ", scope.Absent.Select(static device => device.WithoutCount));
            warnings.Add(
                $"plugin_config: {property} is not used: it is not a property of {scope.Subject}, and may be one of {absent}, which is absent");
            return false;
        }

        string guess = near is null ? "no name is near to it." : $"did you mean {near}?";
        string said = refusal.Length == 0 ? "" : $" OpenVINO says of {property}: {refusal}";
        return Invalid($"{scope.Where}{property.Key} is not a property of {scope.Subject}; {guess}{said}");
    }

    private static Outcome Invalid(string what) => Outcome.Fail(StatusCode.ModelConfigInvalid, $"plugin_config: {what}");

    /// <summary>What some properties are for.</summary>
    /// <param name="Where">Put before a key in messages.</param>
    /// <param name="Subject">What messages call the devices.</param>
    /// <param name="Mode">Their mode.</param>
    /// <param name="Through">The mode that hands the properties on.</param>
    /// <param name="Devices">The devices.</param>
    /// <param name="Absent">Devices that were asked for too and whose properties nobody can tell.</param>
    private sealed record Scope(
        string Where, string Subject, DeviceMode Mode, DeviceMode Through, DeviceName[] Devices, DeviceName[] Absent);
}
