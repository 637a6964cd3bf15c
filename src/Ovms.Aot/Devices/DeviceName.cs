using System.Globalization;

namespace Ovms.Devices;

/// <summary>One device in a device string.</summary>
/// <param name="Type">Name of its plugin: <c>GPU</c>.</param>
/// <param name="Ordinal">Its number among the plugin's devices: <c>1</c>, <c>0.1</c> for a tile; null for the first.</param>
/// <param name="Count">The number in parentheses; null for the plugin's choice. Under BATCH the batch size; under MULTI and AUTO the
/// number of infer requests, which OpenVINO ignores on CPU.</param>
internal readonly record struct DeviceName(string Type, string? Ordinal = null, int? Count = null)
{
    /// <summary>The device alone, without its number in parentheses.</summary>
    public DeviceName WithoutCount => this with { Count = null };

    /// <summary>Whether this name includes <paramref name="device"/>: GPU includes every GPU, GPU.1 only itself.</summary>
    public bool Covers(DeviceName device) => Type == device.Type && (Ordinal is null || Ordinal == device.Ordinal);

    /// <summary>In OpenVINO's form: <c>GPU.1(4)</c>.</summary>
    public override string ToString() =>
        Type + (Ordinal is null ? "" : "." + Ordinal)
        + (Count is { } count ? string.Create(CultureInfo.InvariantCulture, $"({count})") : "");

    /// <summary>Reads <c>GPU</c> or <c>GPU.1</c>; false for any other form. The caller reads the count.</summary>
    public static bool TryParse(string text, out DeviceName name)
    {
        int dot = text.IndexOf('.');
        string type = dot < 0 ? text : text[..dot];
        string? ordinal = dot < 0 ? null : text[(dot + 1)..];
        name = new DeviceName(type, ordinal);
        return IsType(type) && (ordinal is null || ordinal.Split('.').All(IsNumber));
    }

    private static bool IsType(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
