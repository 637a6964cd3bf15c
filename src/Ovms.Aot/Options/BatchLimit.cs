using System.Globalization;

namespace Ovms.Options;

/// <summary>How many rows waiting calls may have together to be computed at once: a number, or off.</summary>
internal sealed record BatchLimit
{
    /// <summary>The largest number.</summary>
    public const int Most = 1024;

    private const int Least = 2;
    private const string OffText = "off";

    private BatchLimit(int rows) => Rows = rows;

    /// <summary>The rows; 0 = calls are never computed together.</summary>
    public int Rows { get; }

    /// <summary>Parses a text that is known to be valid.</summary>
    public static BatchLimit Of(string text) =>
        TryParse(text, out BatchLimit limit, out string? why) ? limit : throw new ArgumentException(why, nameof(text));

    /// <summary>Parses the option's text; <paramref name="limit"/> is set only on success.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BatchLimit limit, out string? why)
    {
        int rows = 0;
        bool isOff = text.SequenceEqual(OffText);
        bool isValid = isOff
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rows) && rows is >= Least and <= Most);
        why = isValid ? null : $"'{text}' is neither {OffText} nor a whole number from {Least} to {Most}";
        limit = isValid ? new BatchLimit(isOff ? 0 : rows) : null!;
        return isValid;
    }

    /// <inheritdoc/>
    public override string ToString() => Rows == 0 ? OffText : Rows.ToString(CultureInfo.InvariantCulture);
}
