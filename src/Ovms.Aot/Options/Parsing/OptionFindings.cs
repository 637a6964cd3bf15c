using System.Text;

namespace Ovms.Options.Parsing;

/// <summary>Everything a parse found wrong or worth saying; it goes on after an error, so that all are told at once.</summary>
internal sealed class OptionFindings
{
    // A file of megabytes may have millions of them; nobody reads on, and each takes memory.
    private const int MaxErrors = 200;

    private readonly List<OptionError> _errors = [];
    private readonly List<string> _warnings = [];

    /// <summary>How many errors came after those that are kept.</summary>
    public int Omitted { get; private set; }

    /// <summary>What forbids to go on: the first of them.</summary>
    public IReadOnlyList<OptionError> Errors => _errors;

    /// <summary>What does not, but may surprise.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Adds an error; null is none.</summary>
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
    /// The errors as the original words them: one line for all unknown arguments (with its trailing comma and space),
    /// one for each that cannot be read, the bare sentence for each that is refused; hints follow on lines of their own.
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
