using System.Collections.Immutable;
using System.Globalization;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>Parses device strings; checks only their form.</summary>
internal static class TargetDeviceParser
{
    /// <summary>The longest accepted text, enough for any real list; messages repeat the text.</summary>
    private const int MaxLength = 512;

    /// <summary>The valid forms; ends every message about a form.</summary>
    public const string Forms =
        "The forms are: CPU, GPU, GPU.1, NPU; AUTO, AUTO:GPU,CPU, AUTO:-GPU; HETERO:GPU,CPU; MULTI:GPU,CPU; BATCH:CPU, BATCH:CPU(16)";

    /// <inheritdoc cref="TargetDevice.Parse"/>
    public static Outcome<TargetDevice> Parse(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            return TargetDevice.Cpu with { Text = "" };
        }

        if (trimmed.Length > MaxLength)
        {
            return Refuse($"the text has {trimmed.Length} characters, more than {MaxLength}");
        }

        int colon = trimmed.IndexOf(':');
        string head = colon < 0 ? trimmed : trimmed[..colon];
        DeviceMode mode = DeviceModes.Prefixes.FirstOrDefault(prefix => prefix.Name == head).Mode;
        if (mode != DeviceMode.Single)
        {
            return ParseList(trimmed, mode, colon < 0 ? "" : trimmed[(colon + 1)..]);
        }

        return colon < 0
            ? ParseSingle(trimmed)
            : Refuse($"{Quoted(head)} is not a mode, and only a mode is followed by a colon{CaseHint(head)}");
    }

    private static Outcome<TargetDevice> ParseSingle(string text)
    {
        if (text.Contains(','))
        {
            return Refuse(
                $"{Quoted(text)} lists devices without saying how they work together: put AUTO:, HETERO: or MULTI: before the list");
        }

        if (DeviceName.TryParse(text, out DeviceName name))
        {
            return new TargetDevice(DeviceMode.Single, [name], [], text);
        }

        return Refuse(text.Contains('(')
            ? $"{Quoted(text)}: a number in parentheses belongs to BATCH, as in BATCH:CPU(16)"
            : $"{Quoted(text)} is not a device name, which is letters, digits and underscores, "
                + "with a number after a dot where there are several");
    }

    private static Outcome<TargetDevice> ParseList(string text, DeviceMode mode, string list)
    {
        ImmutableArray<DeviceName>.Builder devices = ImmutableArray.CreateBuilder<DeviceName>();
        ImmutableArray<DeviceName>.Builder excluded = ImmutableArray.CreateBuilder<DeviceName>();
        string[] items = list.Length == 0 ? [] : list.Split(',', StringSplitOptions.TrimEntries);
        foreach (string item in items)
        {
            bool isExclusion = item.StartsWith('-') && mode is DeviceMode.Auto or DeviceMode.Multi;
            Outcome<DeviceName> name = ParseItem(text, mode, isExclusion ? item[1..] : item);
            if (!name.IsOk)
            {
                return name.WithoutValue;
            }

            (isExclusion ? excluded : devices).Add(name.Value);
        }

        string modeName = mode.Name()!;
        if (devices.Count == 0 && (mode != DeviceMode.Auto && (mode != DeviceMode.Multi || excluded.Count == 0)))
        {
            return Refuse($"{Quoted(text)} names no device; {modeName} needs {(mode == DeviceMode.Batch ? "one" : "at least one")}");
        }

        if (mode == DeviceMode.Batch && devices.Count > 1)
        {
            return Refuse($"{Quoted(text)} names {devices.Count} devices; BATCH takes one");
        }

        return new TargetDevice(mode, [.. devices.Distinct()], [.. excluded.Distinct()], text);
    }

    private static Outcome<DeviceName> ParseItem(string text, DeviceMode mode, string item)
    {
        if (item.Length == 0)
        {
            return Refuse($"{Quoted(text)} has an empty place in its list of devices");
        }

        int? count = null;
        string bare = item;
        int open = item.IndexOf('(');
        if (open >= 0)
        {
            string what = mode == DeviceMode.Batch ? "the batch" : "the number of infer requests";
            if (mode == DeviceMode.Hetero)
            {
                return Refuse($"{Quoted(text)}: HETERO takes no number in parentheses, which came with {Quoted(item)}");
            }

            ReadOnlySpan<char> digits = item.EndsWith(')') ? item.AsSpan(open + 1, item.Length - open - 2) : [];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                || number < 1)
            {
                return Refuse(
                    $"{Quoted(text)}: {what} in parentheses must be a whole number from 1 to {int.MaxValue}; got {Quoted(item[open..])}");
            }

            count = number;
            bare = item[..open];
        }

        if (!DeviceName.TryParse(bare, out DeviceName name))
        {
            return Refuse($"{Quoted(text)}: {Quoted(item)} is not a device name");
        }

        return DeviceModes.IsPrefix(name.Type)
            ? Refuse($"{Quoted(text)}: {name.Type} is a mode, and a mode cannot stand inside another")
            : name with { Count = count };
    }

    private static string CaseHint(string head) =>
        DeviceModes.Prefixes.FirstOrDefault(prefix => prefix.Name.Equals(head, StringComparison.OrdinalIgnoreCase)).Name is { } name
            ? $"; names are case-sensitive: did you mean {name}?"
            : "";

    private static string Quoted(string text) => $"\"{text}\"";

    private static Outcome Refuse(string what) => Outcome.Fail(StatusCode.TargetDeviceWrongFormat, $"{what}. {Forms}");
}
