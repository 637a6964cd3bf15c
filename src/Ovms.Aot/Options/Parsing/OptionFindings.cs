using System.Text;

namespace Ovms.Options.Parsing;

/// <summary>Errors and warnings of a parse. Parsing continues after an error, so that all errors are reported at once.</summary>
internal sealed class OptionFindings
{
    // A file of megabytes may have millions of errors; nobody reads them all, and each takes memory.
    private const int MaxErrors = 200;

    private readonly List<OptionError> _errors = [];
    private readonly List<string> _warnings = [];

    /// <summary>The number of errors beyond those kept.</summary>
    public int Omitted { get; private set; }

    /// <summary>The first errors, up to a limit.</summary>
    public IReadOnlyList<OptionError> Errors => _errors;

    /// <summary>Warnings, which do not stop processing.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Adds an error; ignores null.</summary>
    public void Add(OptionError? error)
    {
        if (error is null)
        {
            return;
        }

        if (_errors.Count < MaxErrors)
        {
            _errors.Add(error);
        }
        else
        {
            Omitted++;
        }
    }

    /// <summary>Adds a warning.</summary>
    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>
    /// The errors in the original's form. All unknown arguments are in one line (with its trailing comma and space). Each malformed value
    /// has one line, and each value that is not allowed only its message. Hints follow on separate lines.
    /// </summary>
    public string ErrorText()
    {
        StringBuilder text = new();
        OptionError[] unmatched = _errors.Where(static e => e.Kind == OptionErrorKind.Unmatched).ToArray();
        if (unmatched.Length > 0)
        {
            text.Append("error parsing options - unmatched arguments: ");
            foreach (OptionError error in unmatched)
            {
                text.Append(error.Text).Append(", ");
            }

            text.Append('\n');
            foreach (OptionError error in unmatched)
            {
                AppendHint(error);
            }
        }

        foreach (OptionError error in _errors.Where(static e => e.Kind != OptionErrorKind.Unmatched))
        {
            text.Append(error.Kind == OptionErrorKind.Malformed ? "error parsing options: " : "").Append(error.Text).Append('\n');
            AppendHint(error);
        }

        return text.ToString();

        void AppendHint(OptionError error)
        {
            if (error.Hint is not null)
            {
                text.Append("  ").Append(error.Hint).Append('\n');
            }
        }
    }
}
