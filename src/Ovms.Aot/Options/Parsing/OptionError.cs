namespace Ovms.Options.Parsing;

/// <summary>What is wrong with one argument or one JSON value.</summary>
/// <param name="Kind">How it is reported.</param>
/// <param name="Text">The whole message; for an unknown option the argument as it was given.</param>
/// <param name="Hint">A second line that helps: what came, why it is refused, which name is near.</param>
/// <param name="Row">The option whose value is refused.</param>
internal sealed record OptionError(OptionErrorKind Kind, string Text, string? Hint = null, OptionRow? Row = null)
{
    /// <summary>An argument no table knows.</summary>
    public static OptionError Unmatched(string argument, string? nearest) =>
        new(OptionErrorKind.Unmatched, argument, nearest is null ? null : $"{argument} is unknown: did you mean {nearest}?");

    /// <summary>Something that cannot be read at all.</summary>
    public static OptionError Malformed(string where, string what, string? hint = null) =>
        new(OptionErrorKind.Malformed, $"{where}: {what}", hint);

    /// <summary>A value that can be read but is not allowed. The row's own sentence, when it has one, is the message.</summary>
    public static OptionError Refused(OptionRow row, string where, string why) =>
        row.Error is null
            ? new(OptionErrorKind.Refused, $"{where}: {why}", null, row)
            : new(OptionErrorKind.Refused, where == row.Name ? row.Error : $"{where}: {row.Error}", $"{row.Name}: {why}", row);
}

/// <summary>The ways an option can be wrong.</summary>
internal enum OptionErrorKind
{
    /// <summary>No option goes by the name.</summary>
    Unmatched,

    /// <summary>The value is missing or is not of the option's type.</summary>
    Malformed,

    /// <summary>The value is out of bounds or not one of those allowed.</summary>
    Refused,
}
