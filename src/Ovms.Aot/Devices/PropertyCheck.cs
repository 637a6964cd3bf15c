using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>Checks names and values of properties for the devices of a string; OpenVINO's modes silently ignore wrong ones.</summary>
/// <param name="supported">The existing properties.</param>
/// <param name="known">The existing devices.</param>
internal sealed class PropertyCheck(SupportedProperties supported, KnownDevices known)
{
    /// <summary>Checks all properties and converts values to OpenVINO's form; stops at the first error.</summary>
    /// <param name="config">The given configuration.</param>
    /// <param name="asked">The requested devices, including absent ones: the same configuration may serve where they are present.</param>
    /// <param name="target">The devices that are present.</param>
    /// <returns>The configuration without sections of absent or unnamed devices; or the key that is wrong, and why.</returns>
    public Outcome<PluginConfig> Check(PluginConfig config, TargetDevice asked, TargetDevice target)
    {
        // AUTO without a list may run on any device. Most keys are found before GPU and NPU, whose plugins load slowly, must be asked.
        DeviceName[] devices = target.Devices.IsEmpty ? [.. known.Names.Select(static name => new DeviceName(name))] : [.. target.Devices];
        string subject = target.Mode == DeviceMode.Single
            ? target.ToString()
            : $"{target.Mode.Name()} or {string.Join(", ", devices.Select(static device => device.WithoutCount).Distinct())}";
        DeviceName[] absent = [.. asked.Devices.Where(device => !target.Devices.Contains(device))];
        Scope scope = new("", subject, target.Mode, target.Mode, devices, absent, IsFreeChoice: target.Devices.IsEmpty);
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
                return Invalid(
                    $"DEVICE_PROPERTIES names {section.Device}, which is not a known device; "
                        + $"known: {string.Join(", ", known.Names)}{meant}");
            }

            if (!target.Devices.IsEmpty && !target.Devices.Any(section.Device.Covers))
            {
                if (!asked.Devices.Any(section.Device.Covers))
                {
                    warnings.Add(
                        $"plugin_config: DEVICE_PROPERTIES.{section.Device} is not used, because {asked} does not name that device");
                }

                continue;
            }

            string where = $"DEVICE_PROPERTIES.{section.Device}.";
            Scope own = new(where, section.Device.ToString(), DeviceMode.Single, target.Mode, [section.Device], [], IsFreeChoice: false);
            Outcome<ImmutableArray<DeviceProperty>> nested = CheckAll(section.Properties, own, warnings);
            if (!nested.IsOk)
            {
                return nested.WithoutValue;
            }

            // OpenVINO hangs when it reads an empty section.
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

            Outcome taken = scope.IsFreeChoice ? Outcome.Ok : CheckOnDevices(property with { Value = value }, rule, scope);
            if (!taken.IsOk)
            {
                return taken;
            }

            good.Add(property with { Value = value });
        }

        return good.ToImmutable();
    }

    // AUTO and MULTI go on without a device that rejects a value, and compiling is late for the others.
    private Outcome CheckOnDevices(DeviceProperty property, PropertyRule rule, Scope scope)
    {
        DeviceName? other = scope.Devices.Where(static device => device.Type != "CPU").Cast<DeviceName?>().FirstOrDefault();
        if (rule.Kind == PropertyKind.Streams && other is { } device && !PropertyRule.AreStreamsOfAnyDevice(property.Value))
        {
            return Invalid(
                $"{scope.Where}{property.Key} cannot be \"{property.Value}\" on {device.WithoutCount}; "
                    + "expected is a whole number from 1, or AUTO");
        }

        return rule.Kind == PropertyKind.Any
            && supported.WhyValueRefused(property, scope.Mode, scope.Devices) is ({ } refusing, { } why)
            && PropertyBlame.IsAbout(why, property.Key)
            ? Outcome.Fail(
                StatusCode.ModelConfigInvalid, PropertyBlame.Text($"{scope.Where}{property.Key}", property.Value, refusing, why))
            : Outcome.Ok;
    }

    /// <summary>Whether to pass on a property that no device lists; false leaves it out, with a warning.</summary>
    private Outcome<bool> CheckUnlisted(DeviceProperty property, Scope scope, List<string> warnings)
    {
        if (supported.WhyRefused(property, scope.Devices) is not { } refusal)
        {
            // Properties that a plugin accepts but does not list are silently dropped by AUTO, MULTI and HETERO, and rejected by BATCH.
            if (scope.Through.Name() is { } mode)
            {
                warnings.Add(
                    $"plugin_config: {scope.Where}{property} is not used: {mode} does not hand it on to {scope.DeviceNames}. "
                    + "It works with that device alone as target device");
            }

            return scope.Through == DeviceMode.Single;
        }

        IEnumerable<string> settable = supported.All(scope.Mode, scope.Devices).Where(static key => PropertyRule.For(key).IsSettable);
        string? near = NearestName.Of(property.Key, settable);
        if (scope.Absent.Any(device => near is null || property.Key.StartsWith(device.Type + "_", StringComparison.Ordinal)))
        {
            string absent = string.Join(" or ", scope.Absent.Select(static device => device.WithoutCount));
            warnings.Add(
                $"plugin_config: {property} is not used: it is not a property of {scope.Subject}, "
                    + $"and may be one of {absent}, which is absent");
            return false;
        }

        string guess = near is null ? "no name is near to it." : $"did you mean {near}?";
        string said = refusal.Length == 0 ? "" : $" OpenVINO says of {property}: {refusal}";
        return Invalid($"{scope.Where}{property.Key} is not a property of {scope.Subject}; {guess}{said}");
    }

    private static Outcome Invalid(string what) => Outcome.Fail(StatusCode.ModelConfigInvalid, $"plugin_config: {what}");

    /// <summary>The devices that a set of properties applies to.</summary>
    /// <param name="Where">Prefix of keys in messages.</param>
    /// <param name="Subject">The devices' name in messages.</param>
    /// <param name="Mode">Their mode.</param>
    /// <param name="Through">The mode that passes the properties on.</param>
    /// <param name="Devices">The devices.</param>
    /// <param name="Absent">Requested devices that are absent, so that their properties are unknown.</param>
    /// <param name="IsFreeChoice">Whether OpenVINO chooses among the devices.</param>
    private sealed record Scope(
        string Where, string Subject, DeviceMode Mode, DeviceMode Through, DeviceName[] Devices, DeviceName[] Absent, bool IsFreeChoice)
    {
        public string DeviceNames => string.Join(" or ", Devices.Select(static device => device.WithoutCount).Distinct());
    }
}
