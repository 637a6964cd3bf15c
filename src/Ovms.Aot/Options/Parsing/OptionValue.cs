using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Ovms.Options.Parsing;

/// <summary>
/// Converts text to values of simple types. If the text cannot be parsed, the target keeps its default. An out-of-range value is stored
/// together with its error, so that rules over several options see the user's value.
/// </summary>
internal static class OptionValue
{
    /// <summary>Stores a string and checks it against the row's allowed values.</summary>
    public static OptionError? Text(OptionRow row, string text, string where, [NotNull] ref string? target)
    {
        target = text;

        // An empty default, which no list names, may be written too: a script's variable that is not set.
        return row.Allowed.Length == 0 || row.Allowed.Contains(text, StringComparer.Ordinal) || text == row.Default
            ? null
            : OptionError.Refused(row, where, $"'{text}' is not one of {string.Join(", ", row.Allowed)}");
    }

    /// <summary>Stores the enum member of a text.</summary>
    /// <param name="members">The members in the order of the row's allowed values.</param>
    public static OptionError? Choice<T>(OptionRow row, string text, string where, ReadOnlySpan<T> members, ref T target)
        where T : struct, Enum
    {
        int index = Array.IndexOf(row.Allowed, text);
        target = index < 0 ? target : members[index];
        return index >= 0 ? null : OptionError.Refused(row, where, $"'{text}' is not one of {string.Join(", ", row.Allowed)}");
    }

    /// <summary>Stores an enum member that may stay unset.</summary>
    public static OptionError? Choice<T>(OptionRow row, string text, string where, ReadOnlySpan<T> members, ref T? target)
        where T : struct, Enum
    {
        T value = default;
        OptionError? error = Choice(row, text, where, members, ref value);
        target = error is null ? value : target;
        return error;
    }

    /// <summary>Stores a bool in the original's spellings.</summary>
    public static OptionError? Flag(OptionRow row, string text, string where, ref bool target)
    {
        bool? value = text switch
        {
            "true" or "True" or "t" or "T" or "1" => true,
            "false" or "False" or "f" or "F" or "0" => false,
            _ => null,
        };
        target = value ?? target;
        return value is null ? OptionError.Malformed(where, $"'{text}' is neither true nor false") : null;
    }

    /// <summary>Stores a bool that may stay unset.</summary>
    public static OptionError? Flag(OptionRow row, string text, string where, ref bool? target)
    {
        bool value = false;
        OptionError? error = Flag(row, text, where, ref value);
        target = error is null ? value : target;
        return error;
    }

    /// <summary>Stores a number and checks it against the row's range.</summary>
    public static OptionError? Number<T>(OptionRow row, string text, string where, ref T target)
        where T : struct, INumber<T>
    {
        bool isWhole = typeof(T) != typeof(double);
        NumberStyles style = isWhole
            ? NumberStyles.AllowLeadingSign
            : NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite);
        string kind = isWhole ? "a whole number" : "a number";
        if (!T.TryParse(text, style, CultureInfo.InvariantCulture, out T value) || !T.IsFinite(value))
        {
            return OptionError.Malformed(where, $"'{text}' is not {kind}{Bounds(row)}");
        }

        target = value;
        bool isTooLow = row.Min != long.MinValue && value < T.CreateSaturating(row.Min);
        bool isTooHigh = row.Max != long.MaxValue && value > T.CreateSaturating(row.Max);
        return isTooLow || isTooHigh ? OptionError.Refused(row, where, $"'{text}' is not {kind}{Bounds(row)}") : null;
    }

    /// <summary>Stores a number that may stay unset.</summary>
    public static OptionError? Number<T>(OptionRow row, string text, string where, ref T? target)
        where T : struct, INumber<T>
    {
        T value = default;
        OptionError? error = Number(row, text, where, ref value);
        target = error is { Kind: OptionErrorKind.Malformed } ? target : value;
        return error;
    }

    private static string Bounds(OptionRow row) =>
        (row.Min, row.Max) switch
        {
            (long.MinValue, long.MaxValue) => "",
            (long.MinValue, long max) => $" of at most {max}",
            (long min, long.MaxValue) => $" of at least {min}",
            (long min, long max) => $" from {min} to {max}",
        };
}
