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

    /// <summary>A whole number of 64 bits with an optional sign, decimal, octal or hexadecimal.</summary>
    public static long? AsInteger(this ProtoField field)
    {
        bool isNegative = field.Scalar?.StartsWith('-') == true;
        ulong? count = (isNegative ? field with { Scalar = field.Scalar![1..] } : field).AsCount();
        return (isNegative, count) switch
        {
            (true, <= 1UL << 63) => (long)(0 - count.Value),
            (false, <= long.MaxValue) => (long)count.Value,
            _ => null,
        };
    }

    /// <summary>A number: 5, 5.0, .5, 1e-3, 1f, inf, nan; also a whole number in any form.</summary>
    public static double? AsReal(this ProtoField field)
    {
        if (field.IsText || field.Scalar is not { Length: > 0 } text)
        {
            return null;
        }

        if (field.AsInteger() is { } whole)
        {
            return whole;
        }

        string plain = text.TrimStart('-').ToLowerInvariant();
        double sign = text.Length - plain.Length == 1 ? -1 : 1;
        return plain switch
        {
            "inf" or "infinity" => sign * double.PositiveInfinity,
            "nan" => double.NaN,
            _ => double.TryParse(
                plain.EndsWith('f') && !plain.StartsWith("0x", StringComparison.Ordinal) ? plain[..^1] : plain,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
                ? sign * number
                : null,
        };
    }

    /// <summary>A text in quotes.</summary>
    public static string? AsText(this ProtoField field) => field.IsText ? field.Scalar : null;
}
