namespace Ovms.Options.Parsing;

/// <summary>The result of a parse: the options, with defaults where a value was invalid, and the findings.</summary>
internal sealed class ParseOutcome<T>(T value, OptionFindings findings)
{
    /// <summary>The options; valid only if <see cref="IsOk"/>.</summary>
    public T Value { get; } = value;

    /// <summary>Whether there are no errors.</summary>
    public bool IsOk => findings.Errors.Count == 0;

    /// <summary>The errors.</summary>
    public IReadOnlyList<OptionError> Errors => findings.Errors;

    /// <summary>The warnings.</summary>
    public IReadOnlyList<string> Warnings => findings.Warnings;

    /// <summary>The errors as text, a line each.</summary>
    public string ErrorText() => findings.ErrorText();
}
