namespace Ovms.Options.Parsing;

/// <summary>The options that were read, with defaults where something was wrong, and what was found on the way.</summary>
internal sealed class ParseOutcome<T>(T value, OptionFindings findings)
{
    /// <summary>The options; to be used only when <see cref="IsOk"/>.</summary>
    public T Value { get; } = value;

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsOk => findings.Errors.Count == 0;

    /// <summary>What was wrong.</summary>
    public IReadOnlyList<OptionError> Errors => findings.Errors;

    /// <summary>What may surprise.</summary>
    public IReadOnlyList<string> Warnings => findings.Warnings;

    /// <summary>The errors as text, a line each.</summary>
    public string ErrorText() => findings.ErrorText();
}
