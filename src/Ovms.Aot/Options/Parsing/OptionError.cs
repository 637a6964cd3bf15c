namespace Ovms.Options.Parsing;

/// <summary>An error in one argument or one JSON value.</summary>
/// <param name="Kind">The kind of error, which decides how it is reported.</param>
/// <param name="Text">The whole message; for an unknown option, the argument as given.</param>
/// <param name="Hint">An optional second line: the given value, why it is rejected, a similar name.</param>
/// <param name="Row">The option whose value is rejected.</param>
internal sealed record OptionError(OptionErrorKind Kind, string Text, string? Hint = null, OptionRow? Row = null)
{
    /// <summary>The option or JSON path that it is about; null for an unknown option.</summary>
    public string? Where { get; init; }

    /// <summary>An argument that no table contains.</summary>
    public static OptionError Unmatched(string argument, string? nearest) =>
        new(OptionErrorKind.Unmatched, argument, nearest is null ? null : $"{argument} is unknown: did you mean {nearest}?");

    /// <summary>A value or key that cannot be parsed.</summary>
    public static OptionError Malformed(string where, string what, string? hint = null) =>
        new(OptionErrorKind.Malformed, $"{where}: {what}", hint) { Where = where };

    /// <summary>A value that can be parsed but is not allowed. The message is the row's own, if it has one.</summary>
    public static OptionError Refused(OptionRow row, string where, string why) =>
        row.Error is null
            ? new(OptionErrorKind.Refused, $"{where}: {why}", null, row) { Where = where }
            : new(OptionErrorKind.Refused, where == row.Name ? row.Error : $"{where}: {row.Error}", $"{row.Name}: {why}", row)
            {
                Where = where,
            };
}

/// <summary>The kinds of errors.</summary>
internal enum OptionErrorKind
{
    /// <summary>No option has the name.</summary>
    Unmatched,

    /// <summary>The value is missing or is not of the option's type.</summary>
    Malformed,

    /// <summary>The value is out of range or not one of those allowed.</summary>
    Refused,
}
