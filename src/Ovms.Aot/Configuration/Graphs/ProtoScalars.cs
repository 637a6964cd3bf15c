using System.Globalization;

namespace Ovms.Configuration.Graphs;

/// <summary>Reads scalars of a text protobuf as values of a type; null if the scalar is not one.</summary>
internal static class ProtoScalars
{
    /// <summary>true, false, t, f, 1 or 0.</summary>
    public static bool? AsFlag(this ProtoField field) => field.IsText ? null : field.Scalar switch
    {
        "true" or "True" or "t" or "1" => true,
        "false" or "False" or "f" or "0" => false,
        _ => null,
    };

    /// <summary>A whole number from 0, decimal, octal or hexadecimal.</summary>
    public static ulong? AsCount(this ProtoField field)
    {
        if (field.IsText || field.Scalar is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex : null
                : text.Length > 1 && text[0] == '0' && text.All(char.IsAsciiDigit) ? Convert.ToUInt64(text, 8)
                : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
                : null;
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>A text in quotes.</summary>
    public static string? AsText(this ProtoField field) => field.IsText ? field.Scalar : null;
}
