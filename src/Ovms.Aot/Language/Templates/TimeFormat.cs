using System.Globalization;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Python's <c>strftime</c> as glibc formats it in the C locale; the time has no zone.</summary>
internal static class TimeFormat
{
    /// <summary>The formatted time.</summary>
    public static string Apply(DateTime time, string format, RenderBudget budget)
    {
        TextBuffer text = budget.Scratch;
        int start = text.Length;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            int from = i++;
            char flag = '\0';
            while (i < format.Length - 1 && format[i] is '-' or '_' or '0' or '^' or '#')
                flag = format[i++];

            if (Field(time, format[i]) is { } field)
                text.Append(Flagged(field, flag));
            else
                text.Append(format.AsSpan(from, i - from + 1));
        }

        return text.Take(start);
    }

    private static string Flagged(string field, char flag)
    {
        switch (flag)
        {
            case '^':
                return field.ToUpperInvariant();
            case '#':
                return field is "AM" or "PM" ? field.ToLowerInvariant() : field.ToUpperInvariant();
            case '\0':
                return field;
        }

        // The other flags change how numbers are filled.
        if (field.AsSpan().IndexOfAnyExcept("0123456789 ") >= 0)
            return field;

        string bare = field.TrimStart('0', ' ');
        bare = bare.Length == 0 ? "0" : bare;
        return flag == '-' ? bare : bare.PadLeft(field.Length, flag == '_' ? ' ' : '0');
    }

    private static string? Field(DateTime t, char kind) => kind switch
    {
        'Y' => Number(t.Year, "0"),
        'C' => Number(t.Year / 100, "00"),
        'y' => Number(t.Year % 100, "00"),
        'm' => Number(t.Month, "00"),
        'd' => Number(t.Day, "00"),
        'e' => Number(t.Day, "0").PadLeft(2),
        'H' => Number(t.Hour, "00"),
        'k' => Number(t.Hour, "0").PadLeft(2),
        'I' => Number(Hour12(t), "00"),
        'l' => Number(Hour12(t), "0").PadLeft(2),
        'M' => Number(t.Minute, "00"),
        'S' => Number(t.Second, "00"),
        'f' => Number((int)(t.Ticks % TimeSpan.TicksPerSecond / 10), "000000"),
        'j' => Number(t.DayOfYear, "000"),
        'p' => t.Hour < 12 ? "AM" : "PM",
        'P' => t.Hour < 12 ? "am" : "pm",
        'a' => t.ToString("ddd", CultureInfo.InvariantCulture),
        'A' => t.ToString("dddd", CultureInfo.InvariantCulture),
        'b' or 'h' => t.ToString("MMM", CultureInfo.InvariantCulture),
        'B' => t.ToString("MMMM", CultureInfo.InvariantCulture),
        'w' => Number((int)t.DayOfWeek, "0"),
        'u' => Number(t.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)t.DayOfWeek, "0"),
        'U' => Number((t.DayOfYear + 6 - (int)t.DayOfWeek) / 7, "00"),
        'W' => Number((t.DayOfYear + 6 - (((int)t.DayOfWeek + 6) % 7)) / 7, "00"),
        'V' => Number(ISOWeek.GetWeekOfYear(t), "00"),
        'G' => Number(ISOWeek.GetYear(t), "0"),
        'g' => Number(ISOWeek.GetYear(t) % 100, "00"),
        'D' or 'x' => t.ToString("MM'/'dd'/'yy", CultureInfo.InvariantCulture),
        'F' => t.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        'T' or 'X' => t.ToString("HH':'mm':'ss", CultureInfo.InvariantCulture),
        'R' => t.ToString("HH':'mm", CultureInfo.InvariantCulture),
        'r' => $"{Number(Hour12(t), "00")}:{t.ToString("mm':'ss", CultureInfo.InvariantCulture)} {(t.Hour < 12 ? "AM" : "PM")}",
        'c' => $"{Field(t, 'a')} {Field(t, 'b')} {Field(t, 'e')} {Field(t, 'T')} {Field(t, 'Y')}",
        'z' or 'Z' => "",
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => null,
    };

    private static int Hour12(DateTime t) => t.Hour % 12 == 0 ? 12 : t.Hour % 12;

    private static string Number(int value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
